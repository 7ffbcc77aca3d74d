namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>The few Python functions and classes that a pickle may name. None of them is ever run.</summary>
internal enum PickleGlobalKind
{
    OrderedDict,
    Size,
    RebuildTensor,
    RebuildTensorV2,
    RebuildParameter,
    StorageClass,
}

/// <summary>A function or class that a pickle named.</summary>
/// <param name="Kind">Which.</param>
/// <param name="DataType">The element type, if it is a storage class.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, CheckpointDataType? DataType = null)
{
    /// <summary>The global with this name, or null: what is not listed here is refused.</summary>
    public static PickleGlobal? Find(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => new(PickleGlobalKind.OrderedDict),
        ("torch", "Size") => new(PickleGlobalKind.Size),
        ("torch._utils", "_rebuild_tensor") => new(PickleGlobalKind.RebuildTensor),
        ("torch._utils", "_rebuild_tensor_v2") => new(PickleGlobalKind.RebuildTensorV2),
        ("torch._utils", "_rebuild_parameter") => new(PickleGlobalKind.RebuildParameter),
        ("torch", _) when CheckpointDataTypes.FromStorageClass(name) is { } dataType =>
            new(PickleGlobalKind.StorageClass, dataType),
        _ => null,
    };
}
