using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>Confidence intervals, unless they would take long.</summary>
internal static class Intervals
{
    public const string Option = "--bootstrap";
    public const int DefaultResamples = 1000;

    // Of some seconds: of each score each resample takes account.
    private const long MostScores = 5_000_000;

    /// <summary>The intervals; null where none are wanted, or they were not asked for and would take long, which is said.</summary>
    public static EvaluationIntervals? Of(Evaluation evaluation, int? resamples, CancellationToken cancellationToken)
    {
        if (resamples is null && evaluation.Count * evaluation.ClassNames.Count > MostScores)
        {
            Console.Error.WriteLine(
                $"densenet: no confidence intervals: for {evaluation.Count} images of {evaluation.ClassNames.Count} classes they take long; {Option} "
                + $"{DefaultResamples} computes them");
            return null;
        }

        return resamples == 0 ? null : evaluation.Bootstrap(resamples ?? DefaultResamples, cancellationToken: cancellationToken);
    }
}
