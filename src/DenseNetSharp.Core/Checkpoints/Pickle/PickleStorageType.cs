namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>A class of storages that PyTorch writes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementSize">Bytes that one element takes.</param>
/// <param name="DataType">The element type, or null for one that is passed over but cannot be read.</param>
internal sealed record PickleStorageType(string Name, int ElementSize, CheckpointDataType? DataType)
{
    private static readonly Dictionary<(string Module, string Name), PickleStorageType> _all = MakeAll();

    public static PickleStorageType? Find(string module, string name) => _all.GetValueOrDefault((module, name));

    private static Dictionary<(string Module, string Name), PickleStorageType> MakeAll()
    {
        var types = new Dictionary<(string Module, string Name), PickleStorageType>();
        foreach (var type in Enum.GetValues<CheckpointDataType>())
        {
            types.Add(("torch", type.StorageClass()), new(type.StorageClass(), type.SizeInBytes(), type));
        }

        // What lies beside a model at times: spectra, quantized copies, raw bytes.
        foreach (var (module, name, size) in new[]
        {
            ("torch", "ComplexFloatStorage", 8), ("torch", "ComplexDoubleStorage", 16), ("torch", "QInt8Storage", 1),
            ("torch", "QUInt8Storage", 1), ("torch", "QInt32Storage", 4), ("torch", "QUInt4x2Storage", 1),
            ("torch", "QUInt2x4Storage", 1), ("torch.storage", "UntypedStorage", 1),
        })
        {
            types.Add((module, name), new(name, size, null));
        }

        return types;
    }
}
