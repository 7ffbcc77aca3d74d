namespace DenseNetSharp.Metrics;

/// <summary>
/// How well one class is found: what <c>sklearn.metrics.precision_recall_fscore_support</c> gives for it with
/// <c>zero_division=0</c>.
/// </summary>
/// <param name="Precision">The share of the predictions of the class that are right, from 0 to 1; 0 without any.</param>
/// <param name="Recall">The share of the images of the class that are found, from 0 to 1; 0 without any.</param>
/// <param name="F1">The harmonic mean of precision and recall; 0 where both are.</param>
/// <param name="Support">The number of images of the class.</param>
public readonly record struct ClassScores(double Precision, double Recall, double F1, long Support)
{
    internal static ClassScores Of(long truePositives, long falsePositives, long falseNegatives) => new(
        Ratio(truePositives, truePositives + falsePositives),
        Ratio(truePositives, truePositives + falseNegatives),
        Ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
        truePositives + falseNegatives);

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
