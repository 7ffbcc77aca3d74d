using System.Globalization;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>The size and the matrix of a turned image, as Pillow's <c>Image.rotate</c> works them out.</summary>
/// <param name="Width">The result's width.</param>
/// <param name="Height">The result's height.</param>
/// <param name="ToSource">From a place in the result to its place in the source.</param>
internal readonly record struct Rotation(int Width, int Height, AffineMatrix ToSource)
{
    public static void Check(Resampling interpolation, (double X, double Y)? center)
    {
        if (interpolation is not (Resampling.Nearest or Resampling.Bilinear or Resampling.Bicubic))
        {
            throw new ArgumentOutOfRangeException(
                nameof(interpolation), interpolation, "A rotation interpolates by nearest, bilinear or bicubic.");
        }

        if (center is { } point && !(double.IsFinite(point.X) && double.IsFinite(point.Y)))
        {
            throw new ArgumentOutOfRangeException(nameof(center), center, "A centre must be finite.");
        }
    }

    /// <summary>Works out a turn by an angle in degrees.</summary>
    public static Rotation Of(RgbImage image, double angle, bool expand, (double X, double Y)? center)
    {
        var (width, height) = (image.Width, image.Height);
        var (centerX, centerY) = center ?? (width / 2.0, height / 2.0);
        var radians = -(angle * (Math.PI / 180));
        double cos = Round(Math.Cos(radians)), sin = Round(Math.Sin(radians));
        var matrix = new AffineMatrix(cos, sin, 0, Round(-Math.Sin(radians)), cos, 0)
            .MovedTo(-centerX, -centerY);
        matrix = matrix with { C = matrix.C + centerX, F = matrix.F + centerY };
        if (!expand)
        {
            return new Rotation(width, height, matrix);
        }

        (double X, double Y)[] corners =
            [matrix.Map(0, 0), matrix.Map(width, 0), matrix.Map(width, height), matrix.Map(0, height)];
        var newWidth = Math.Ceiling(corners.Max(c => c.X)) - Math.Floor(corners.Min(c => c.X));
        var newHeight = Math.Ceiling(corners.Max(c => c.Y)) - Math.Floor(corners.Min(c => c.Y));
        if (newWidth * newHeight > Array.MaxLength)
        {
            throw new ArgumentException($"{newWidth}x{newHeight} pixels do not fit in one array.");
        }

        return new Rotation(
            (int)newWidth,
            (int)newHeight,
            matrix.MovedTo(-(newWidth - width) / 2.0, -(newHeight - height) / 2.0));
    }

    /// <summary>Python's <c>round(value, 15)</c>: through the decimal digits. Math.Round would multiply and round twice.</summary>
    private static double Round(double value) => double.Parse(
        value.ToString("F15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
