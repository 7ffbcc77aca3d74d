using static DenseNetSharp.Checkpoints.Pickle.PickleGlobalKind;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// A function or class that a pickle named, remembered by name and place and never looked up, let alone run. One
/// that is not listed here may be the class of an inert object and nothing else.
/// </summary>
internal sealed class PickleGlobal
{
    private static readonly Dictionary<(string Module, string Name), PickleGlobalKind> _listed = new()
    {
        [("collections", "OrderedDict")] = OrderedDict,
        [("collections", "defaultdict")] = DefaultDict,
        [("collections", "Counter")] = DictCopy,
        [("copyreg", "_reconstructor")] = Reconstructor,
        [("_codecs", "encode")] = Bytes,

        [("builtins", "bytes")] = Bytes,
        [("builtins", "bytearray")] = Bytes,
        [("builtins", "complex")] = Record,
        [("builtins", "range")] = Record,
        [("builtins", "xrange")] = Record,
        [("builtins", "slice")] = Record,
        [("builtins", "set")] = Set,
        [("builtins", "frozenset")] = Set,
        [("builtins", "object")] = Value,
        [("builtins", "dict")] = Value,
        [("builtins", "list")] = Value,
        [("builtins", "tuple")] = Value,
        [("builtins", "bool")] = Value,
        [("builtins", "int")] = Value,
        [("builtins", "float")] = Value,
        [("builtins", "str")] = Value,

        [("datetime", "date")] = Record,
        [("datetime", "datetime")] = Record,
        [("datetime", "timedelta")] = Record,
        [("pathlib", "Path")] = Record,
        [("pathlib", "PosixPath")] = Record,
        [("pathlib", "WindowsPath")] = Record,

        [("numpy", "ndarray")] = Value,
        [("numpy", "dtype")] = Record,
        [("numpy.core.multiarray", "_reconstruct")] = Record,
        [("numpy.core.numeric", "_frombuffer")] = Record,
        [("numpy.core.multiarray", "scalar")] = NumpyScalar,

        [("torch", "Size")] = FirstArgument,
        [("torch", "device")] = Record,
        [("torch._utils", "_rebuild_tensor")] = PickleGlobalKind.RebuildTensor,
        [("torch._utils", "_rebuild_tensor_v2")] = RebuildTensorV2,
        [("torch._utils", "_rebuild_parameter")] = RebuildParameter,
        [("torch._utils", "_rebuild_parameter_with_state")] = RebuildParameterWithState,
        [("torch._tensor", "_rebuild_from_type_v2")] = RebuildFromType,

        // An attribute of every module that PyTorch 0.4 and earlier wrote.
        [("torch.nn.backends.thnn", "_get_thnn_function_backend")] = Nothing,

        // TorchScript's way to give lists and dicts a type.
        [("torch.jit._pickle", "build_intlist")] = FirstArgument,
        [("torch.jit._pickle", "build_doublelist")] = FirstArgument,
        [("torch.jit._pickle", "build_boollist")] = FirstArgument,
        [("torch.jit._pickle", "build_tensorlist")] = FirstArgument,
        [("torch.jit._pickle", "restore_type_tag")] = FirstArgument,
    };

    private readonly string _name;

    /// <summary>Notes what a pickle names.</summary>
    /// <param name="module">The Python module.</param>
    /// <param name="name">The name in it, with dots for a nested class.</param>
    /// <param name="offset">The byte offset in the file of the opcode that names it.</param>
    public PickleGlobal(string module, string name, long offset)
    {
        (Module, _name, Offset) = (module, name, offset);
        if (_listed.TryGetValue((Today(module), name), out var kind))
        {
            Kind = kind;
        }
        else if (module == "torch")
        {
            DataType = CheckpointDataTypes.FromStorageClass(name);
            Kind = DataType is not null ? StorageClass
                : CheckpointDataTypes.FromTorchName(name) is not null ? Value
                : null;
        }
    }

    public string Module { get; }

    /// <summary>Module and name, joined by a dot. Made when asked for: a pickle may name a million things.</summary>
    public string FullName => $"{Module}.{_name}";

    /// <summary>The byte offset in the file of the opcode that names it.</summary>
    public long Offset { get; }

    /// <summary>What it is, or null if it is not listed.</summary>
    public PickleGlobalKind? Kind { get; }

    /// <summary>The element type, if it is a storage class.</summary>
    public CheckpointDataType? DataType { get; }

    /// <summary>Whether an object in the pickle is an instance of it.</summary>
    public bool HasInstances { get; set; }

    /// <summary>
    /// Whether it may stay a mere value. Training scripts keep classes that way (as keys of a dict), and Python
    /// writes those with a capital; a function off the list has no business in a checkpoint.
    /// </summary>
    public bool IsHarmless => Kind is not null || HasInstances || IsWrittenLikeAClass;

    private bool IsWrittenLikeAClass
    {
        get
        {
            var last = _name[(_name.LastIndexOf('.') + 1)..].TrimStart('_');
            return last.Length > 0 && char.IsAsciiLetterUpper(last[0]) && last.All(char.IsAsciiLetterOrDigit);
        }
    }

    /// <summary>Modules that were renamed, by the name that is listed.</summary>
    private static string Today(string module) => module switch
    {
        "__builtin__" => "builtins",
        "copy_reg" => "copyreg",
        "numpy._core.multiarray" => "numpy.core.multiarray",
        "numpy._core.numeric" => "numpy.core.numeric",
        _ => module,
    };
}
