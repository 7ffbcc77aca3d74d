namespace DenseNetSharp.Metrics;

/// <summary>The receiver operating characteristic.</summary>
internal static class RocCurve
{
    /// <summary>The area under it, as <c>sklearn.metrics.roc_auc_score</c> has it.</summary>
    /// <param name="positives">The scores of images that have the label, ascending.</param>
    /// <param name="negatives">The scores of images that have it not, ascending.</param>
    /// <returns>The share of pairs in which the positive has the higher score, where an equal one counts half; NaN where
    /// there is no pair.</returns>
    public static double Area(ReadOnlySpan<float> positives, ReadOnlySpan<float> negatives)
    {
        // Whole numbers, and so exact: twice the pairs of two spans fit.
        ulong doubled = 0;
        var lower = 0;
        var notHigher = 0;
        foreach (var score in positives)
        {
            while (lower < negatives.Length && negatives[lower] < score)
            {
                lower++;
            }

            while (notHigher < negatives.Length && negatives[notHigher] <= score)
            {
                notHigher++;
            }

            doubled += (ulong)lower + (ulong)notHigher;
        }

        return doubled / (2.0 * positives.Length * negatives.Length);
    }
}
