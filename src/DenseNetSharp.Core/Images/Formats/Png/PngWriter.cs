using System.Buffers.Binary;
using System.IO.Compression;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>Writes 8-bit PNGs, gray or RGB.</summary>
internal static class PngWriter
{
    public static void Write(RgbImage image, Stream stream)
    {
        var gray = IsGray(image.Pixels);
        var channels = gray ? 1 : 3;

        Span<byte> header = stackalloc byte[13];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = (byte)(gray ? PngColorType.Gray : PngColorType.Rgb);

        stream.Write(PngFile.Signature);
        WriteChunk(stream, "IHDR"u8, header);
        WriteChunk(stream, "IDAT"u8, Compress(gray ? image.ToGray() : image.Pixels, image.Width * channels, channels));
        WriteChunk(stream, "IEND"u8, []);
    }

    private static bool IsGray(ReadOnlySpan<byte> rgb)
    {
        for (; !rgb.IsEmpty; rgb = rgb[3..])
        {
            if (rgb[0] != rgb[1] || rgb[1] != rgb[2])
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> Compress(byte[] pixels, int rowLength, int step)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            ReadOnlySpan<byte> above = new byte[rowLength];
            var best = new byte[1 + rowLength];
            var candidate = new byte[1 + rowLength];
            for (var start = 0; start < pixels.Length; start += rowLength)
            {
                ReadOnlySpan<byte> row = pixels.AsSpan(start, rowLength);
                var smallest = long.MaxValue;
                for (var filter = 0; filter < PngFilter.Count; filter++)
                {
                    candidate[0] = (byte)filter;
                    PngFilter.Apply(filter, row, above, step, candidate.AsSpan(1));
                    var size = SumOfAbsolutes(candidate.AsSpan(1));
                    if (size < smallest)
                    {
                        smallest = size;
                        (best, candidate) = (candidate, best);
                    }
                }

                zlib.Write(best);
                above = row;
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    /// <summary>The specification's rule of thumb for the filter that compresses best (PNG specification, 12.7).</summary>
    private static long SumOfAbsolutes(ReadOnlySpan<byte> filtered)
    {
        long sum = 0;
        foreach (var value in filtered)
        {
            sum += Math.Abs((int)(sbyte)value);
        }

        return sum;
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, PngCrc.Of(type, data));
        stream.Write(number);
    }
}
