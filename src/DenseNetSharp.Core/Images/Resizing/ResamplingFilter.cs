namespace DenseNetSharp.Images;

/// <summary>A filter's shape: its weight at a distance, and how far it reaches. From Pillow's Resample.c.</summary>
/// <param name="Support">The distance, in pixels at scale 1, beyond which the weight is zero.</param>
/// <param name="Weight">The weight at a signed distance.</param>
internal readonly record struct ResamplingFilter(double Support, Func<double, double> Weight)
{
    /// <summary>The shape behind a name; nearest has none, since it weighs nothing.</summary>
    public static ResamplingFilter Of(Resampling resampling) => resampling switch
    {
        Resampling.Lanczos => new(3, Lanczos),
        Resampling.Bilinear => new(1, Bilinear),
        Resampling.Bicubic => new(2, Bicubic),
        Resampling.Box => new(0.5, Box),
        Resampling.Hamming => new(1, Hamming),
        _ => throw new ArgumentOutOfRangeException(nameof(resampling), resampling, "There is no such filter."),
    };

    // Half open, so that a pixel on the border between two outputs counts once.
    private static double Box(double x) => x > -0.5 && x <= 0.5 ? 1 : 0;

    private static double Bilinear(double x) => Math.Max(0, 1 - Math.Abs(x));

    private static double Hamming(double x)
    {
        x = Math.Abs(x);
        if (x == 0)
        {
            return 1;
        }

        if (x >= 1)
        {
            return 0;
        }

        x *= Math.PI;

        // Pillow's constants are single precision, and that shows in the last bit.
        return Math.Sin(x) / x * (0.54f + 0.46f * Math.Cos(x));
    }

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * a
            : 0;
    }

    private static double Lanczos(double x) => x >= -3 && x < 3 ? Sinc(x) * Sinc(x / 3) : 0;

    private static double Sinc(double x)
    {
        if (x == 0)
        {
            return 1;
        }

        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
