using System.IO.Hashing;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>A PNG chunk's checksum.</summary>
internal static class PngCrc
{
    /// <summary>The CRC-32 of a chunk's type followed by its data.</summary>
    public static uint Of(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(data);
        return crc.GetCurrentHashAsUInt32();
    }
}
