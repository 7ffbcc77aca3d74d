using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>Converts little-endian bytes of any floating type to single precision.</summary>
internal static class FloatConversion
{
    public static bool IsFloating(CheckpointDataType dataType) => dataType
        is CheckpointDataType.Float32
        or CheckpointDataType.Float64
        or CheckpointDataType.Float16
        or CheckpointDataType.BFloat16;

    public static void Convert(ReadOnlySpan<byte> source, CheckpointDataType dataType, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = dataType switch
            {
                CheckpointDataType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(source[(i * 4)..]),
                CheckpointDataType.Float64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(source[(i * 8)..]),
                CheckpointDataType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(source[(i * 2)..]),
                CheckpointDataType.BFloat16 => BitConverter.UInt32BitsToSingle(
                    (uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(i * 2)..]) << 16),
                _ => throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "It is no floating type."),
            };
        }
    }

    /// <summary>The bytes under a span of floats, which on a little-endian machine are the checkpoint's own.</summary>
    public static bool TryGetBytes(Span<float> values, CheckpointDataType dataType, out Span<byte> bytes)
    {
        bytes = BitConverter.IsLittleEndian && dataType == CheckpointDataType.Float32
            ? MemoryMarshal.AsBytes(values)
            : default;
        return !bytes.IsEmpty;
    }
}
