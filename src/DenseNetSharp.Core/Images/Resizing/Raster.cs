using System.Buffers;

namespace DenseNetSharp.Images.Resizing;

/// <summary>8-bit pixels of any number of interleaved channels, <c>[height, width, channels]</c>.</summary>
internal readonly record struct Raster(int Width, int Height, int Channels, byte[] Bytes, bool IsRented = false)
{
    /// <summary>Black pixels.</summary>
    /// <exception cref="ArgumentException">There are more than fit in one array.</exception>
    public static Raster Create(int width, int height, int channels) => new(width, height, channels, new byte[LengthOf(width, height, channels)]);

    /// <summary>The same in memory that is used again, up to <see cref="RgbImage.MostRentedBytes"/>, and longer perhaps than the pixels.</summary>
    /// <inheritdoc cref="Create"/>
    public static Raster Rent(int width, int height, int channels)
    {
        var length = LengthOf(width, height, channels);
        if (length > RgbImage.MostRentedBytes)
        {
            return Create(width, height, channels);
        }

        var bytes = ArrayPool<byte>.Shared.Rent(length);
        Array.Clear(bytes);
        return new Raster(width, height, channels, bytes, IsRented: true);
    }

    /// <summary>Gives rented memory back, and does nothing with other.</summary>
    public void Recycle()
    {
        if (IsRented)
        {
            ArrayPool<byte>.Shared.Return(Bytes);
        }
    }

    /// <summary>The bytes of one row.</summary>
    public Span<byte> Row(int y) => Bytes.AsSpan(y * Width * Channels, Width * Channels);

    private static int LengthOf(int width, int height, int channels) => (long)width * height * channels is var length && length <= Array.MaxLength
        ? (int)length
        : throw new ArgumentException($"{width}x{height} pixels do not fit in one array.");
}
