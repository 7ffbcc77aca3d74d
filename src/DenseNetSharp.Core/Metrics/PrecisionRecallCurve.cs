namespace DenseNetSharp.Metrics;

/// <summary>Precision against recall: <c>sklearn.metrics.precision_recall_curve</c>, whose order this is too.</summary>
/// <remarks>The last point, precision 1 at recall 0, has no threshold. Without images of the class the recall is NaN, where
/// scikit-learn warns and gives 1.</remarks>
public sealed class PrecisionRecallCurve
{
    internal PrecisionRecallCurve(IReadOnlyList<ThresholdCounts> counts, Func<float, float> probabilityOf)
    {
        var last = counts.Count == 0 ? default : counts[^1];
        ThresholdCounts[] rising = [.. counts.Reverse()];
        Precisions = [.. rising.Select(count => (double)count.TruePositives / (count.TruePositives + count.FalsePositives)), 1];
        Recalls = [.. rising.Select(count => (double)count.TruePositives / last.TruePositives), 0];
        Thresholds = [.. rising.Select(count => probabilityOf(count.Score))];
        (Positives, Negatives) = (last.TruePositives, last.FalsePositives);
    }

    /// <summary>The share of the images that reach each threshold that belong to the class.</summary>
    public IReadOnlyList<double> Precisions { get; }

    /// <summary>The share of the images of the class that reach each threshold, falling from 1 to 0.</summary>
    public IReadOnlyList<double> Recalls { get; }

    /// <summary>The thresholds, probabilities, rising; one less than there are points.</summary>
    public IReadOnlyList<float> Thresholds { get; }

    /// <summary>The images with the class.</summary>
    public long Positives { get; }

    /// <summary>The images without it.</summary>
    public long Negatives { get; }

    /// <summary>Whether there are images of the class, and so a curve.</summary>
    public bool IsDefined => Positives > 0;
}
