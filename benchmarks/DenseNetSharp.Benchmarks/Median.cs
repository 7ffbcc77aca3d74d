namespace DenseNetSharp.Benchmarks;

/// <summary>Medians of what was measured.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median of the pairs' ratios, which a slow minute of the machine moves less than the ratio of the medians.</summary>
    public static double OfRatios(IEnumerable<double> own, IEnumerable<double> others) =>
        Of(own.Zip(others, (a, b) => a / b));
}
