namespace DenseNetSharp.Metrics;

/// <summary>A receiver operating characteristic: <c>sklearn.metrics.roc_curve</c> with <c>drop_intermediate=False</c>.</summary>
/// <remarks>The first point is that of a threshold that nothing reaches, infinity. Rates of a side without images are NaN.</remarks>
public sealed class RocCurve
{
    internal RocCurve(IReadOnlyList<ThresholdCounts> counts, Func<float, float> probabilityOf)
    {
        var last = counts.Count == 0 ? default : counts[^1];
        FalsePositiveRates = [0.0 / last.FalsePositives, .. counts.Select(count => (double)count.FalsePositives / last.FalsePositives)];
        TruePositiveRates = [0.0 / last.TruePositives, .. counts.Select(count => (double)count.TruePositives / last.TruePositives)];
        Thresholds = [float.PositiveInfinity, .. counts.Select(count => probabilityOf(count.Score))];
        (Positives, Negatives) = (last.TruePositives, last.FalsePositives);
    }

    /// <summary>The share of the images without the class that reach each threshold, rising from 0 to 1.</summary>
    public IReadOnlyList<double> FalsePositiveRates { get; }

    /// <summary>The share of the images with the class that reach each threshold, rising from 0 to 1.</summary>
    public IReadOnlyList<double> TruePositiveRates { get; }

    /// <summary>The thresholds, probabilities, falling; the first is infinity.</summary>
    public IReadOnlyList<float> Thresholds { get; }

    /// <summary>The images with the class.</summary>
    public long Positives { get; }

    /// <summary>The images without it.</summary>
    public long Negatives { get; }

    /// <summary>Whether there are images of both kinds, and so a curve.</summary>
    public bool IsDefined => Positives > 0 && Negatives > 0;
}
