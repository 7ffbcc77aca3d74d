using DenseNetSharp.Classification;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>Which of a run's epochs is the better, and by which figure.</summary>
/// <param name="Metric">The figure.</param>
internal sealed record EpochRanking(EvaluationMetric Metric)
{
    /// <summary>What the options choose by.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    public static EpochRanking Of(FineTuningOptions options, ClassificationTask task) => new(options.Metric is { } name
        ? EvaluationMetric.Parse(name)
        : task == ClassificationTask.Multiclass ? EvaluationMetric.Accuracy : EvaluationMetric.Auroc);

    /// <summary>Refuses a figure that the epochs will not have.</summary>
    /// <exception cref="ArgumentException">They will not; the message says why.</exception>
    public void Check(FineTuner tuner)
    {
        if (!Metric.AppliesTo(tuner.Training.Task))
        {
            var known = EvaluationMetric.For(tuner.Training.Task).Select(metric => metric.Name);
            throw new ArgumentException($"The metric {Metric} is for classes that exclude each other; take {string.Join(", ", known)}.");
        }

        if (tuner.Options.Metric is null || Metric == EvaluationMetric.Loss)
        {
            return;
        }

        if (tuner.Validation is null)
        {
            throw new ArgumentException($"The metric {Metric} is measured on images held out, and there are none; hold some out, or take loss.");
        }

        if (!EpochMetrics.Has(Metric, tuner.Training.ClassNames))
        {
            throw new ArgumentException($"The metric {Metric} is 1 where there are no more than five classes; take accuracy.");
        }
    }

    /// <summary>What an epoch is judged by; NaN where it is not defined.</summary>
    public double ValueOf(EpochRecord record) => IsLoss(record) ? LossOf(record) : record.Metric(Metric.Title) ?? double.NaN;

    /// <summary>Whether an epoch has no value that it could be judged by, and its loss decides.</summary>
    public bool IsUndefined(EpochRecord record) => double.IsNaN(ValueOf(record)) && !IsLoss(record);

    /// <summary>Whether a higher value of an epoch is a better one.</summary>
    public bool HigherIsBetter(EpochRecord record) => !IsLoss(record) && Metric.HigherIsBetter;

    /// <summary>Whether an epoch beats another: by the metric, then by loss; NaN beats nothing.</summary>
    public bool IsBetter(EpochRecord record, EpochRecord best)
    {
        if (IsLoss(record))
        {
            return EvaluationMetric.Loss.IsBetter(LossOf(record), LossOf(best));
        }

        var (own, other) = (ValueOf(record), ValueOf(best));
        return Metric.IsBetter(own, other) || (own.Equals(other) && LossOf(record) < LossOf(best));
    }

    /// <summary>Without images held out there is nothing but the training's loss.</summary>
    private bool IsLoss(EpochRecord record) => Metric == EvaluationMetric.Loss || record.ValidationLoss is null;

    private static double LossOf(EpochRecord record) => record.ValidationLoss ?? record.TrainingLoss;
}
