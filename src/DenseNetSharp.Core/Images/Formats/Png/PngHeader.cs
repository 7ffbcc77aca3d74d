using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>What a PNG's pixels are made of (PNG specification, 11.2.2).</summary>
internal enum PngColorType : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    RgbAlpha = 6,
}

/// <summary>A PNG's IHDR chunk, checked.</summary>
internal readonly record struct PngHeader(int Width, int Height, PngColorType ColorType, int BitDepth, bool Interlaced)
{
    private const int Length = 13;

    /// <summary>Bits a pixel takes in the file.</summary>
    public int BitsPerPixel => BitDepth * ColorType switch
    {
        PngColorType.Rgb => 3,
        PngColorType.GrayAlpha => 2,
        PngColorType.RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Bytes that a row of so many pixels takes, without its filter byte.</summary>
    public long RowLength(int width) => ((long)width * BitsPerPixel + 7) / 8;

    public static PngHeader Parse(ReadOnlySpan<byte> chunk, ImageDecodeOptions options)
    {
        if (chunk.Length != Length)
        {
            throw new ImageFormatException($"its IHDR chunk has {chunk.Length} bytes instead of {Length}");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(chunk);
        var height = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        byte depth = chunk[8], colorType = chunk[9], compression = chunk[10], filter = chunk[11], interlace = chunk[12];
        var known = (PngColorType)colorType switch
        {
            PngColorType.Gray => depth is 1 or 2 or 4 or 8 or 16,
            PngColorType.Palette => depth is 1 or 2 or 4 or 8,
            PngColorType.Rgb or PngColorType.GrayAlpha or PngColorType.RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        if (!known)
        {
            throw new ImageFormatException($"PNG has no color type {colorType} with {depth} bits");
        }

        if (compression != 0 || filter != 0 || interlace > 1)
        {
            throw new ImageFormatException(
                $"its IHDR chunk names compression {compression}, filter {filter}, interlace {interlace}, " +
                "which PNG does not define");
        }

        options.CheckSize(width, height);
        return new PngHeader((int)width, (int)height, (PngColorType)colorType, depth, interlace == 1);
    }
}
