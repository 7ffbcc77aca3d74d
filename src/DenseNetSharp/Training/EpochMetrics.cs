using DenseNetSharp.Classification;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>A validation's figures as an epoch's metrics, and which epoch is the better.</summary>
internal static class EpochMetrics
{
    private const string Accuracy = "accuracy";
    private const string TopFive = "top-5 accuracy";
    private const string MeanAuroc = "mean AUROC";

    public static IReadOnlyList<EpochMetric> Of(Evaluation validation, IReadOnlyList<string> labels)
    {
        if (validation.Task == ClassificationTask.Multiclass)
        {
            var accuracy = new EpochMetric(Accuracy, validation.Multiclass.Accuracy);
            // Of five classes all are among the first five.
            return labels.Count > 5 ? [accuracy, new EpochMetric(TopFive, validation.Multiclass.TopAccuracy(5))] : [accuracy];
        }

        var multilabel = validation.Multilabel;
        return
        [
            new EpochMetric(MeanAuroc, multilabel.MeanAuroc()),
            .. multilabel.Auroc().Select((area, label) => new EpochMetric($"AUROC {labels[label]}", area)),
        ];
    }

    /// <summary>Whether an epoch beats another: by accuracy or mean AUROC, then by loss; NaN beats nothing.</summary>
    public static bool IsBetter(EpochRecord record, EpochRecord best)
    {
        var (own, other) = (Score(record), Score(best));
        return own > other || (own == other && Loss(record) < Loss(best));
    }

    private static double Score(EpochRecord record)
    {
        var score = record.Metric(Accuracy) ?? record.Metric(MeanAuroc) ?? 0;
        return double.IsNaN(score) ? 0 : score;
    }

    private static double Loss(EpochRecord record) => record.ValidationLoss ?? record.TrainingLoss;
}
