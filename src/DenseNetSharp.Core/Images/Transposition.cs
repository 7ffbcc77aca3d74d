using System.Runtime.InteropServices;

namespace DenseNetSharp.Images;

/// <summary>The eight ways to lay a rectangle onto itself, with the values of the EXIF tag Orientation.</summary>
internal enum Transposition
{
    None = 1,
    FlipLeftRight = 2,
    Rotate180 = 3,
    FlipTopBottom = 4,

    /// <summary>Rows become columns.</summary>
    Transpose = 5,

    /// <summary>By 90 degrees clockwise, which Pillow calls ROTATE_270.</summary>
    RotateClockwise = 6,

    /// <summary>Rows become columns, both from the far end.</summary>
    Transverse = 7,

    /// <summary>By 90 degrees counterclockwise, which Pillow calls ROTATE_90.</summary>
    RotateCounterclockwise = 8,
}

internal static class TranspositionExtensions
{
    /// <summary>Whether width and height change places.</summary>
    public static bool SwapsSides(this Transposition transposition) => transposition >= Transposition.Transpose;

    /// <summary>The transposed image; the same object where nothing changes. The memory of the other is given back where it was rented.</summary>
    public static RgbImage Apply(this Transposition transposition, RgbImage image)
    {
        if (transposition == Transposition.None)
        {
            return image;
        }

        var width = transposition.SwapsSides() ? image.Height : image.Width;
        var height = transposition.SwapsSides() ? image.Width : image.Height;

        // Where the output's first pixel comes from, and how far a step right and a step down go in the input.
        int right = image.Width - 1, bottom = image.Width * (image.Height - 1), row = image.Width;
        var (start, stepX, stepY) = transposition switch
        {
            Transposition.FlipLeftRight => (right, -1, row),
            Transposition.Rotate180 => (bottom + right, -1, -row),
            Transposition.FlipTopBottom => (bottom, 1, -row),
            Transposition.Transpose => (0, row, 1),
            Transposition.RotateClockwise => (bottom, -row, 1),
            Transposition.Transverse => (bottom + right, -row, -1),
            Transposition.RotateCounterclockwise => (right, row, -1),
            _ => throw new ArgumentOutOfRangeException(nameof(transposition), transposition, "There is no such transposition."),
        };
        var transposed = image.CreateLike(width, height);
        var from = MemoryMarshal.Cast<byte, Pixel>(image.Pixels);
        for (var y = 0; y < height; y++)
        {
            var source = start + y * stepY;
            foreach (ref var pixel in MemoryMarshal.Cast<byte, Pixel>(transposed.Pixels.AsSpan(3 * y * width, 3 * width)))
            {
                pixel = from[source];
                source += stepX;
            }
        }

        image.Recycle();
        return transposed;
    }

    /// <summary>Three bytes that move together.</summary>
    private readonly record struct Pixel(byte Red, byte Green, byte Blue);
}
