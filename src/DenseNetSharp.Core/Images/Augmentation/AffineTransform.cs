namespace DenseNetSharp.Images.Augmentation;

/// <summary>Fetches pixels through a matrix, as Pillow's <c>ImagingTransformAffine</c> does; what lies outside stays.</summary>
internal static class AffineTransform
{
    /// <summary>Above this, 16.16 fixed point would overflow.</summary>
    private const double FixedPointLimit = 32768;

    public static void Run(RgbImage source, AffineMatrix matrix, RgbImage result, Resampling interpolation)
    {
        switch (interpolation)
        {
            case Resampling.Bilinear:
                InterpolatedTransform.Bilinear(source, matrix, result);
                break;
            case Resampling.Bicubic:
                InterpolatedTransform.Bicubic(source, matrix, result);
                break;
            default:
                Nearest(source, matrix, result);
                break;
        }
    }

    // Pillow has three ways to the nearest pixel, which differ in how rounding errors gather.
    private static void Nearest(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        if (matrix.B == 0 && matrix.D == 0)
        {
            NearestScaled(source, matrix, result);
        }
        else if (FitsFixedPoint(matrix, 0, 0) && FitsFixedPoint(matrix, result.Width, result.Height)
            && FitsFixedPoint(matrix, 0, result.Height) && FitsFixedPoint(matrix, result.Width, 0))
        {
            NearestFixedPoint(source, matrix, result);
        }
        else
        {
            NearestFloatingPoint(source, matrix, result);
        }
    }

    private static bool FitsFixedPoint(AffineMatrix matrix, int x, int y)
    {
        var (mappedX, mappedY) = matrix.Map(x, y);
        return Math.Abs(mappedX) < FixedPointLimit && Math.Abs(mappedY) < FixedPointLimit;
    }

    private static void NearestScaled(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        var positionY = matrix.F + matrix.E * 0.5;
        for (var y = 0; y < result.Height; y++, positionY += matrix.E)
        {
            var positionX = matrix.C + matrix.A * 0.5;
            for (var x = 0; x < result.Width; x++, positionX += matrix.A)
            {
                Copy(source, Truncate(positionX), Truncate(positionY), result, x, y);
            }
        }
    }

    private static void NearestFixedPoint(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        int a = ToFixed(matrix.A), b = ToFixed(matrix.B), d = ToFixed(matrix.D), e = ToFixed(matrix.E);
        var rowX = ToFixed(matrix.C + matrix.A * 0.5 + matrix.B * 0.5);
        var rowY = ToFixed(matrix.F + matrix.D * 0.5 + matrix.E * 0.5);
        for (var y = 0; y < result.Height; y++, rowX += b, rowY += e)
        {
            int positionX = rowX, positionY = rowY;
            for (var x = 0; x < result.Width; x++, positionX += a, positionY += d)
            {
                Copy(source, positionX >> 16, positionY >> 16, result, x, y);
            }
        }
    }

    private static void NearestFloatingPoint(RgbImage source, AffineMatrix matrix, RgbImage result)
    {
        var rowX = matrix.C + matrix.B * 0.5 + matrix.A * 0.5;
        var rowY = matrix.F + matrix.E * 0.5 + matrix.D * 0.5;
        for (var y = 0; y < result.Height; y++, rowX += matrix.B, rowY += matrix.E)
        {
            double positionX = rowX, positionY = rowY;
            for (var x = 0; x < result.Width; x++, positionX += matrix.A, positionY += matrix.D)
            {
                Copy(source, Truncate(positionX), Truncate(positionY), result, x, y);
            }
        }
    }

    private static void Copy(RgbImage source, int sourceX, int sourceY, RgbImage result, int x, int y)
    {
        if (sourceX >= 0 && sourceX < source.Width && sourceY >= 0 && sourceY < source.Height)
        {
            source.Pixels.AsSpan(3 * (sourceY * source.Width + sourceX), 3)
                .CopyTo(result.Pixels.AsSpan(3 * (y * result.Width + x)));
        }
    }

    private static int ToFixed(double value) => (int)Math.Floor(value * 65536 + 0.5);

    private static int Truncate(double position) => position < 0 ? -1 : (int)position;
}
