namespace DenseNetSharp.Checkpoints;

/// <summary>What the element types are called in each format, and how large they are.</summary>
public static class CheckpointDataTypes
{
    private static readonly Row[] _table =
    [
        new(CheckpointDataType.Float32, 4, "float32", "FloatStorage", "F32"),
        new(CheckpointDataType.Float64, 8, "float64", "DoubleStorage", "F64"),
        new(CheckpointDataType.Float16, 2, "float16", "HalfStorage", "F16"),
        new(CheckpointDataType.BFloat16, 2, "bfloat16", "BFloat16Storage", "BF16"),
        new(CheckpointDataType.Int64, 8, "int64", "LongStorage", "I64"),
        new(CheckpointDataType.Int32, 4, "int32", "IntStorage", "I32"),
        new(CheckpointDataType.Int16, 2, "int16", "ShortStorage", "I16"),
        new(CheckpointDataType.Int8, 1, "int8", "CharStorage", "I8"),
        new(CheckpointDataType.UInt8, 1, "uint8", "ByteStorage", "U8"),
        new(CheckpointDataType.Bool, 1, "bool", "BoolStorage", "BOOL"),
    ];

    /// <summary>Bytes that one element takes.</summary>
    /// <param name="dataType">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public static int SizeInBytes(this CheckpointDataType dataType) => RowOf(dataType).Size;

    /// <summary>PyTorch's name without its <c>torch.</c>, such as <c>float32</c>.</summary>
    /// <param name="dataType">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public static string TorchName(this CheckpointDataType dataType) => RowOf(dataType).Torch;

    /// <summary>The class in <c>torch</c> that a pickle names for this type's storages.</summary>
    internal static string StorageClass(this CheckpointDataType dataType) => RowOf(dataType).Storage;

    internal static string SafetensorsName(this CheckpointDataType dataType) => RowOf(dataType).Safetensors;

    internal static CheckpointDataType? FromTorchName(string name) => Find(row => row.Torch == name);

    internal static CheckpointDataType? FromSafetensorsName(string name) => Find(row => row.Safetensors == name);

    private static CheckpointDataType? Find(Predicate<Row> match) => Array.Find(_table, match)?.Type;

    private static Row RowOf(CheckpointDataType dataType) => Array.Find(_table, row => row.Type == dataType)
        ?? throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "There is no such element type.");

    private sealed record Row(CheckpointDataType Type, int Size, string Torch, string Storage, string Safetensors);
}
