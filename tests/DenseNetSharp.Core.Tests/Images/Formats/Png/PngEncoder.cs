using System.Buffers.Binary;
using System.IO.Compression;

namespace DenseNetSharp.Core.Tests.Images.Formats.Png;

/// <summary>Writes PNGs of every kind from random bits, also those that Pillow cannot write, chunk by chunk.</summary>
internal sealed class PngEncoder(int width, int height, int bitDepth, int colorType, bool interlaced, int seed)
{
    private readonly Random _random = new(seed);

    private int BitsPerPixel => bitDepth * colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>A whole file; the options replace or add parts of it.</summary>
    public byte[] Encode(byte[]? palette = null, byte[]? transparency = null, int chunkLength = 1000)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bitDepth, (byte)colorType, (byte)(interlaced ? 1 : 0));

        List<byte> file = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header)];
        if (palette is not null)
        {
            file.AddRange(Chunk("PLTE", palette));
        }

        if (transparency is not null)
        {
            file.AddRange(Chunk("tRNS", transparency));
        }

        foreach (var part in CompressedRows().Chunk(chunkLength))
        {
            file.AddRange(Chunk("IDAT", part));
        }

        file.AddRange(Chunk("IEND", []));
        return [.. file];
    }

    /// <summary>A palette of random colors.</summary>
    public byte[] Palette(int colors) => Bytes(3 * colors);

    /// <summary>One chunk with its length and checksum.</summary>
    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. type.Select(letter => (byte)letter), .. data];
        var chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + body.Length), Crc(body));
        return chunk;
    }

    /// <summary>Random filtered rows: any bytes are a valid image as long as each row's first is a filter's number.</summary>
    public byte[] Rows()
    {
        (int X, int Y, int StepX, int StepY)[] passes = interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        List<byte> rows = [];
        foreach (var (x, y, stepX, stepY) in passes)
        {
            int passWidth = (width - x + stepX - 1) / stepX, passHeight = (height - y + stepY - 1) / stepY;
            if (passWidth <= 0)
            {
                continue;
            }

            for (var row = 0; row < passHeight; row++)
            {
                rows.Add((byte)_random.Next(5));
                rows.AddRange(Bytes((passWidth * BitsPerPixel + 7) / 8));
            }
        }

        return [.. rows];
    }

    private byte[] CompressedRows()
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            zlib.Write(Rows());
        }

        return compressed.ToArray();
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static uint Crc(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
