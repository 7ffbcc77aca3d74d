using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>An evaluation as a JSON document.</summary>
internal static class EvaluationJson
{
    private static readonly Dictionary<EvaluationMetric, string> Names = new()
    {
        [EvaluationMetric.Accuracy] = "accuracy",
        [EvaluationMetric.TopFiveAccuracy] = "top5",
        [EvaluationMetric.BalancedAccuracy] = "balancedAccuracy",
        [EvaluationMetric.MacroF1] = "f1",
        [EvaluationMetric.MicroF1] = "f1Micro",
        [EvaluationMetric.WeightedF1] = "f1Weighted",
        [EvaluationMetric.Kappa] = "kappa",
        [EvaluationMetric.Auroc] = "meanAuroc",
        [EvaluationMetric.Auprc] = "meanAveragePrecision",
        [EvaluationMetric.Loss] = "loss",
        [EvaluationMetric.CalibrationError] = "calibrationError",
    };

    /// <summary>Writes the document.</summary>
    /// <param name="evaluation">The figures.</param>
    /// <param name="intervals">How certain they are; null for none.</param>
    /// <param name="isFit">Whether a temperature was fit on these images; null where none was to be.</param>
    public static void Write(Evaluation evaluation, EvaluationIntervals? intervals, bool? isFit)
    {
        var document = new Dictionary<string, object?> { ["images"] = evaluation.Count };
        foreach (var metric in EvaluationMetric.For(evaluation.Task))
        {
            document[Names[metric]] = JsonOutput.Finite(metric.Of(evaluation));
        }

        if (evaluation.Temperature != 1 || isFit is not null)
        {
            document["calibration"] = new
            {
                temperature = evaluation.Temperature,
                isFitOnTheseImages = isFit == true,
                before = Calibration(evaluation.At(1)),
                after = Calibration(evaluation),
            };
        }

        if (intervals is not null)
        {
            document["intervals"] = new
            {
                resamples = intervals.Resamples,
                seed = intervals.Seed,
                figures = EvaluationMetric.For(evaluation.Task).ToDictionary(metric => Names[metric], metric => Document(intervals.Of(metric))),
            };
        }

        document["perClass"] = evaluation.Task == ClassificationTask.Multiclass
            ? Classes(evaluation, evaluation.Multiclass, intervals)
            : Labels(evaluation, evaluation.Multilabel, intervals);
        if (evaluation.Task == ClassificationTask.Multiclass)
        {
            var confusion = evaluation.Multiclass.ConfusionMatrix();
            var places = Enumerable.Range(0, evaluation.ClassNames.Count);
            document["confusion"] = places.Select(row => places.Select(column => confusion[row, column]));
        }

        JsonOutput.Write(document);
    }

    private static object Calibration(Evaluation evaluation) => new
    {
        calibrationError = JsonOutput.Finite(EvaluationMetric.CalibrationError.Of(evaluation)),
        loss = JsonOutput.Finite(evaluation.Loss),
        brierScore = JsonOutput.Finite(evaluation.BrierScore),
    };

    private static IEnumerable<object> Classes(Evaluation evaluation, MulticlassMetrics metrics, EvaluationIntervals? intervals)
    {
        var (areas, precisions) = (metrics.Auroc(), metrics.AveragePrecision());
        return metrics.PerClass().Select((scores, i) => new
        {
            index = i,
            label = evaluation.ClassNames[i],
            precision = scores.Precision,
            recall = scores.Recall,
            f1 = scores.F1,
            auroc = JsonOutput.Finite(areas[i]),
            aurocInterval = Document(intervals?.Auroc[i]),
            averagePrecision = JsonOutput.Finite(precisions[i]),
            averagePrecisionInterval = Document(intervals?.AveragePrecision[i]),
            images = scores.Support,
        });
    }

    private static IEnumerable<object> Labels(Evaluation evaluation, MultilabelMetrics metrics, EvaluationIntervals? intervals)
    {
        var (areas, precisions, counts) = (metrics.Auroc(), metrics.AveragePrecision(), metrics.Sample(null).Labels);
        return metrics.PerLabel().Select((scores, i) => new
        {
            index = i,
            label = evaluation.ClassNames[i],
            auroc = JsonOutput.Finite(areas[i]),
            aurocInterval = Document(intervals?.Auroc[i]),
            averagePrecision = JsonOutput.Finite(precisions[i]),
            averagePrecisionInterval = Document(intervals?.AveragePrecision[i]),
            threshold = float.IsFinite(metrics.OwnThresholds[i]) ? metrics.OwnThresholds[i] : (float?)null,
            precision = scores.Precision,
            recall = scores.Recall,
            f1 = scores.F1,
            truePositives = counts[i].TruePositives,
            falsePositives = counts[i].FalsePositives,
            falseNegatives = counts[i].FalseNegatives,
            trueNegatives = counts[i].TrueNegatives,
            images = scores.Support,
        });
    }

    private static object? Document(ConfidenceInterval? interval) => interval is { Resamples: > 0 and var resamples, Low: var low, High: var high }
        ? new { low, high, resamples }
        : null;
}
