namespace DenseNetSharp.Images.Augmentation;

/// <summary>Interpolates pixels fetched through a matrix, with the arithmetic of Pillow's transform filters.</summary>
internal static class InterpolatedTransform
{
    public static void Bilinear(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        for (int y = 0, i = 0; y < result.Height; y++)
        {
            for (var x = 0; x < result.Width; x++, i += 3)
            {
                if (!Find(source, matrix, x, y, out var left, out var top, out var dx, out var dy))
                {
                    continue;
                }

                int x0 = Column(source, left), x1 = Column(source, left + 1);
                ReadOnlySpan<byte> row0 = Row(source, pixels, top), row1 = Row(source, pixels, top + 1);
                for (var channel = 0; channel < 3; channel++)
                {
                    var upper = Linear(row0[x0 + channel], row0[x1 + channel], dx);
                    var lower = Linear(row1[x0 + channel], row1[x1 + channel], dx);
                    result.Pixels[i + channel] = (byte)Linear(upper, lower, dy);
                }
            }
        }
    }

    public static void Bicubic(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        ReadOnlySpan<byte> pixels = source.Pixels;
        Span<double> rows = stackalloc double[4];
        for (int y = 0, i = 0; y < result.Height; y++)
        {
            for (var x = 0; x < result.Width; x++, i += 3)
            {
                if (!Find(source, matrix, x, y, out var left, out var top, out var dx, out var dy))
                {
                    continue;
                }

                int x0 = Column(source, left - 1), x1 = Column(source, left);
                int x2 = Column(source, left + 1), x3 = Column(source, left + 2);
                for (var channel = 0; channel < 3; channel++)
                {
                    for (var k = 0; k < 4; k++)
                    {
                        var row = Row(source, pixels, top - 1 + k)[channel..];
                        rows[k] = Cubic(row[x0], row[x1], row[x2], row[x3], dx);
                    }

                    var value = Cubic(rows[0], rows[1], rows[2], rows[3], dy);
                    result.Pixels[i + channel] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }
    }

    /// <summary>The source pixel left above a result pixel's middle and how far beyond it the middle lies; false outside.</summary>
    private static bool Find(
        RgbImage source, AffineMatrix matrix, int x, int y, out int left, out int top, out double dx, out double dy)
    {
        var (sourceX, sourceY) = matrix.Map(x + 0.5, y + 0.5);
        var isInside = sourceX >= 0 && sourceX < source.Width && sourceY >= 0 && sourceY < source.Height;
        left = isInside ? (int)Math.Floor(sourceX - 0.5) : 0;
        top = isInside ? (int)Math.Floor(sourceY - 0.5) : 0;
        (dx, dy) = (sourceX - 0.5 - left, sourceY - 0.5 - top);
        return isInside;
    }

    private static int Column(RgbImage source, int x) => 3 * Math.Clamp(x, 0, source.Width - 1);

    private static ReadOnlySpan<byte> Row(RgbImage source, ReadOnlySpan<byte> pixels, int y) =>
        pixels.Slice(3 * source.Width * Math.Clamp(y, 0, source.Height - 1), 3 * source.Width);

    private static double Linear(double a, double b, double d) => a + (b - a) * d;

    private static double Cubic(double v1, double v2, double v3, double v4, double d)
    {
        var p2 = -v1 + v3;
        var p3 = 2 * (v1 - v2) + v3 - v4;
        var p4 = -v1 + v2 - v3 + v4;
        return v2 + d * (p2 + d * (p3 + d * p4));
    }
}
