namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>What calling one of the listed globals makes here. None of them is ever run.</summary>
internal enum PickleGlobalKind
{
    /// <summary>A dict, of nothing or of a list of pairs.</summary>
    OrderedDict,

    /// <summary>A dict of another dict's items.</summary>
    DictCopy,

    /// <summary>An empty dict; the argument is the factory of its values.</summary>
    DefaultDict,

    /// <summary>A set of a list's elements.</summary>
    Set,

    /// <summary>Bytes, of nothing, of others or of a text with one character a byte.</summary>
    Bytes,

    /// <summary>The one argument itself, as <c>torch.Size</c> of a tuple.</summary>
    FirstArgument,

    /// <summary>An inert record of the name and the arguments.</summary>
    Record,

    /// <summary>An inert record of an object's or a class's attribute: a bound method, a member of an enum.</summary>
    Attribute,

    /// <summary>An inert record of a value's type, as Python 3 writes <c>type(None)</c>.</summary>
    TypeOf,

    /// <summary>None, in place of what has no meaning outside PyTorch.</summary>
    Nothing,

    /// <summary>A class or a constant that may be a value or a base class, but is not called.</summary>
    Value,

    /// <summary>An instance of the first argument.</summary>
    Reconstructor,

    /// <summary>A number that NumPy wrote.</summary>
    NumpyScalar,

    /// <summary>The class of a storage.</summary>
    StorageClass,

    RebuildTensor,
    RebuildTensorV2,
    RebuildParameter,
    RebuildParameterWithState,
    RebuildFromType,

    /// <summary>An inert record of a tensor whose kind is not supported: sparse, quantized, without elements.</summary>
    UnsupportedTensor,
}
