namespace DenseNetSharp.Metrics;

/// <summary>Where a figure lies in the middle 95 % of an evaluation's resamples.</summary>
/// <param name="Low">The 2.5th percentile; NaN where no resample has the figure.</param>
/// <param name="High">The 97.5th percentile; NaN where no resample has the figure.</param>
/// <param name="Resamples">How many resamples have the figure: one without any image of a class has no AUROC for it.</param>
public readonly record struct ConfidenceInterval(double Low, double High, int Resamples)
{
    internal static ConfidenceInterval Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return new ConfidenceInterval(Percentile(sorted, 0.025), Percentile(sorted, 0.975), sorted.Length);
    }

    /// <summary><c>numpy.percentile</c>: linear between neighbours.</summary>
    private static double Percentile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below == above ? below : below + ((above - below) * (place - Math.Floor(place)));
    }
}
