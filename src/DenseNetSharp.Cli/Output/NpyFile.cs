using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DenseNetSharp.Cli.Output;

/// <summary>NumPy's file of one array, version 1.0 (numpy.lib.format): float32, little-endian, C order.</summary>
internal static class NpyFile
{
    /// <summary>Where NumPy wants the values to begin: at a multiple of this.</summary>
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    public static void Write(Stream stream, float[] values, IReadOnlyList<long> shape)
    {
        // Python's tuple: one length needs a comma behind it.
        var lengths = string.Join(", ", shape) + (shape.Count == 1 ? "," : "");
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({lengths}), }}";
        var start = Magic.Length + sizeof(ushort);
        var length = ((start + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - start;
        Span<byte> lengthBytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(lengthBytes, checked((ushort)length));
        stream.Write(Magic);
        stream.Write(lengthBytes);
        stream.Write(Encoding.ASCII.GetBytes($"{header.PadRight(length - 1)}\n"));
        // Processors that this runs on are little-endian. In parts, for bytes are counted in 32 bits.
        foreach (var part in values.Chunk(1 << 20))
        {
            stream.Write(MemoryMarshal.AsBytes(part.AsSpan()));
        }
    }
}
