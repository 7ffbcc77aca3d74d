using System.Buffers;
using static DenseNetSharp.Checkpoints.Pickle.PickleGlobalKind;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// A function or class that a pickle named, remembered by name and place and never looked up, let alone run. One
/// that is not listed here may be the class of an inert object and nothing else, or a record's where
/// <see cref="IsOrdinaryClass"/> says so.
/// </summary>
internal sealed class PickleGlobal
{
    private static readonly Dictionary<(string Module, string Name), PickleGlobalKind> _listed = new()
    {
        [("collections", "OrderedDict")] = OrderedDict,
        [("collections", "defaultdict")] = DefaultDict,
        [("collections", "Counter")] = DictCopy,
        [("collections", "deque")] = Record,
        [("copyreg", "_reconstructor")] = Reconstructor,
        [("_codecs", "encode")] = Bytes,

        [("builtins", "bytes")] = Bytes,
        [("builtins", "bytearray")] = Bytes,
        [("builtins", "complex")] = Record,
        [("builtins", "range")] = Record,
        [("builtins", "xrange")] = Record,
        [("builtins", "slice")] = Record,
        [("builtins", "getattr")] = PickleGlobalKind.Attribute,
        [("builtins", "type")] = TypeOf,
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
        [("datetime", "time")] = Record,
        [("datetime", "timedelta")] = Record,
        [("datetime", "timezone")] = Record,
        [("functools", "partial")] = Record,
        [("types", "SimpleNamespace")] = Record,
        [("re", "_compile")] = Record,
        [("array", "array")] = Record,
        [("array", "_array_reconstructor")] = Record,

        [("numpy", "ndarray")] = Value,
        [("numpy", "dtype")] = Record,
        [("numpy.core.multiarray", "_reconstruct")] = Record,
        [("numpy.core.numeric", "_frombuffer")] = Record,
        [("numpy.core.multiarray", "scalar")] = NumpyScalar,
        [("numpy.random._pickle", "__generator_ctor")] = Record,
        [("numpy.random._pickle", "__bit_generator_ctor")] = Record,
        [("numpy.random._pickle", "__randomstate_ctor")] = Record,
        [("numpy.random", "__RandomState_ctor")] = Record,
        // With newer NumPys a generator brings the seeds it came from.
        [("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence")] = Record,

        [("torch", "Size")] = FirstArgument,
        [("torch", "device")] = Record,
        [("torch._utils", "_rebuild_tensor")] = PickleGlobalKind.RebuildTensor,
        [("torch._utils", "_rebuild_tensor_v2")] = RebuildTensorV2,
        [("torch._utils", "_rebuild_parameter")] = RebuildParameter,
        [("torch._utils", "_rebuild_parameter_with_state")] = RebuildParameterWithState,
        [("torch._tensor", "_rebuild_from_type_v2")] = RebuildFromType,
        [("torch._utils", "_rebuild_tensor_v3")] = UnsupportedTensor,
        [("torch._utils", "_rebuild_sparse_tensor")] = UnsupportedTensor,
        [("torch._utils", "_rebuild_sparse_csr_tensor")] = UnsupportedTensor,
        [("torch._utils", "_rebuild_nested_tensor")] = UnsupportedTensor,
        [("torch._utils", "_rebuild_qtensor")] = UnsupportedTensor,
        [("torch._utils", "_rebuild_meta_tensor_no_storage")] = UnsupportedTensor,
        [("torch.serialization", "_get_layout")] = Record,
        [("torch", "per_tensor_affine")] = Value,
        [("torch", "per_channel_affine")] = Value,

        // An attribute of every module that PyTorch 0.4 and earlier wrote.
        [("torch.nn.backends.thnn", "_get_thnn_function_backend")] = Nothing,

        // TorchScript's way to give lists and dicts a type.
        [("torch.jit._pickle", "build_intlist")] = FirstArgument,
        [("torch.jit._pickle", "build_doublelist")] = FirstArgument,
        [("torch.jit._pickle", "build_boollist")] = FirstArgument,
        [("torch.jit._pickle", "build_tensorlist")] = FirstArgument,
        [("torch.jit._pickle", "restore_type_tag")] = FirstArgument,
    };

    private static readonly SearchValues<char> _classCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    // What networks keep as self.activation.
    private static readonly HashSet<string> _activations = new(StringComparer.Ordinal)
    {
        "relu", "relu_", "sigmoid", "sigmoid_", "tanh", "tanh_", "softmax", "log_softmax", "selu", "selu_", "celu",
        "celu_", "rrelu", "rrelu_", "prelu", "dropout", "square", "sin", "cos", "exp", "abs",
    };

    private static readonly HashSet<string> _numpyTypes = new(StringComparer.Ordinal)
    {
        "bool_", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
        "uint64",
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
        else if (PickleStorageType.Find(module, name) is { } storageType)
        {
            StorageType = storageType;
            Kind = StorageClass;
        }
        else if (IsHarmlessValue(module, name))
        {
            Kind = Value;
        }
    }

    public string Module { get; }

    /// <summary>Module and name, joined by a dot. Made when asked for: a pickle may name a million things.</summary>
    public string FullName => $"{Module}.{_name}";

    /// <summary>The byte offset in the file of the opcode that names it.</summary>
    public long Offset { get; }

    /// <summary>What it is, or null if it is not listed.</summary>
    public PickleGlobalKind? Kind { get; }

    /// <summary>What it stands for, if it is a storage class.</summary>
    public PickleStorageType? StorageType { get; }

    /// <summary>Whether an object in the pickle is an instance of it.</summary>
    public bool HasInstances { get; set; }

    /// <summary>
    /// Whether it may stay a mere value. Training scripts keep classes that way (as keys of a dict), and Python
    /// writes those with a capital; a function off the list has no business in a checkpoint.
    /// </summary>
    public bool IsHarmless => Kind is not null || HasInstances || IsOrdinaryClass;

    /// <summary>
    /// Whether the name reads as that of a class that neither runs code nor touches the system: an enum, a dataclass,
    /// a transform of torchvision. Calling such a class makes an inert record too. This is no matter of safety, because
    /// nothing that a pickle names is ever looked up or run, whatever it is called. The line is there for the user: a
    /// file that asks for a process or an import was made to do harm, which should be said and not passed over, while
    /// refusing every class would refuse what ordinary training scripts save beside the weights.
    /// </summary>
    public bool IsOrdinaryClass => IsWrittenLikeAClass() && !PickleSystemModules.Contains(Today(Module));

    /// <summary>Whether it is a kind of number that only quantised networks have.</summary>
    public bool IsQuantized =>
        (Module == "torch" && _name is "qint8" or "quint8" or "qint32" or "quint4x2" or "quint2x4" or "per_tensor_affine" or "per_channel_affine")
        || (Module == "torch._utils" && _name == "_rebuild_qtensor")
        || Module.StartsWith("torch.nn.quantized", StringComparison.Ordinal)
        || Module.StartsWith("torch.ao.nn.quantized", StringComparison.Ordinal);

    private bool IsWrittenLikeAClass()
    {
        foreach (var range in _name.AsSpan().Split('.'))
        {
            var part = _name.AsSpan()[range].TrimStart('_');
            if (part.IsEmpty || !char.IsAsciiLetterUpper(part[0]) || part.ContainsAnyExcept(_classCharacters))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Functions and types that modules and scripts keep as values; none of them may be called.</summary>
    private static bool IsHarmlessValue(string module, string name) => module switch
    {
        "torch" => CheckpointDataTypes.FromTorchName(name) is not null || _activations.Contains(name),
        "torch.nn.functional" or "torch._C._nn" or "torch.nn.init" => !name.Contains('.', StringComparison.Ordinal),
        "numpy" => _numpyTypes.Contains(name),
        _ => false,
    };

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
