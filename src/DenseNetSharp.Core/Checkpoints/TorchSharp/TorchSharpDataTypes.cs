namespace DenseNetSharp.Checkpoints.TorchSharp;

/// <summary>The numbers of element types in TorchSharp's files, PyTorch's own (<c>c10/core/ScalarType.h</c>).</summary>
internal static class TorchSharpDataTypes
{
    /// <summary>The last that a file may have at all; those without a counterpart here are complex and quantized.</summary>
    public const long Last = 15;

    private static readonly (int Number, CheckpointDataType Type)[] _table =
    [
        (0, CheckpointDataType.UInt8),
        (1, CheckpointDataType.Int8),
        (2, CheckpointDataType.Int16),
        (3, CheckpointDataType.Int32),
        (4, CheckpointDataType.Int64),
        (5, CheckpointDataType.Float16),
        (6, CheckpointDataType.Float32),
        (7, CheckpointDataType.Float64),
        (11, CheckpointDataType.Bool),
        (15, CheckpointDataType.BFloat16),
    ];

    /// <summary>The type of a number; null if there is none here.</summary>
    public static CheckpointDataType? Of(long number)
    {
        foreach (var (known, type) in _table)
        {
            if (known == number)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>The number of a type.</summary>
    public static int NumberOf(CheckpointDataType type) => Array.Find(_table, row => row.Type == type).Number;
}
