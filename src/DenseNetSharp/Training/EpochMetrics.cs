using DenseNetSharp.Classification;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>A validation's figures as an epoch's metrics.</summary>
internal static class EpochMetrics
{
    /// <summary>Every metric of the task by its title, and each label's own area; the loss has a column of its own.</summary>
    public static IReadOnlyList<EpochMetric> Of(Evaluation validation, IReadOnlyList<string> labels)
    {
        var figures = validation.Sample(null);
        return
        [
            .. EvaluationMetric.For(validation.Task)
                .Where(metric => metric != EvaluationMetric.Loss && Has(metric, labels))
                .Select(metric => new EpochMetric(metric.Title, metric.Of(figures))),
            .. validation.Task == ClassificationTask.Multiclass
                ? []
                : validation.Multilabel.Auroc().Select((area, label) => new EpochMetric($"AUROC {labels[label]}", area)),
        ];
    }

    /// <summary>Whether a metric tells anything: of five classes all are among the first five.</summary>
    public static bool Has(EvaluationMetric metric, IReadOnlyList<string> labels) => metric != EvaluationMetric.TopFiveAccuracy || labels.Count > 5;
}
