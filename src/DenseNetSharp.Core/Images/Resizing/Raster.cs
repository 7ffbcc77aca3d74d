namespace DenseNetSharp.Images.Resizing;

/// <summary>8-bit pixels of any number of interleaved channels, <c>[height, width, channels]</c>.</summary>
internal readonly record struct Raster(int Width, int Height, int Channels, byte[] Bytes)
{
    public static Raster Create(int width, int height, int channels)
    {
        var length = (long)width * height * channels;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException($"{width}x{height} pixels do not fit in one array.");
        }

        return new Raster(width, height, channels, new byte[length]);
    }

    /// <summary>The bytes of one row.</summary>
    public Span<byte> Row(int y) => Bytes.AsSpan(y * Width * Channels, Width * Channels);
}
