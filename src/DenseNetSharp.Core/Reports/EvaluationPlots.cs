using System.Globalization;
using System.Text;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>Draws an evaluation as SVG: curves, calibration and confusion.</summary>
/// <remarks>The pictures need nothing besides themselves, have their own background, and are dark on a screen that is set to dark. The
/// same evaluation gives the same text, whatever the culture.</remarks>
public static class EvaluationPlots
{
    /// <summary>More curves than this are no help.</summary>
    private const int MostCurves = 12;

    /// <summary>Draws the ROC curves, of at most twelve classes; of more, those with the smallest areas.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The SVG document's text.</returns>
    public static string RocToSvg(Evaluation evaluation) => Roc(evaluation).ToSvg();

    /// <summary>Draws the precision-recall curves, of at most twelve classes; of more, those with the lowest average precision.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The SVG document's text.</returns>
    public static string PrecisionRecallToSvg(Evaluation evaluation) => PrecisionRecall(evaluation).ToSvg();

    /// <summary>Draws how often what was predicted with a probability came true, in 15 bins of equal width.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The SVG document's text.</returns>
    public static string CalibrationToSvg(Evaluation evaluation) => CalibrationOf(evaluation).ToSvg();

    /// <summary>Draws the confusion matrix.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The SVG document's text; null where labels do not exclude each other, and so there is none, and for more than a hundred
    /// classes.</returns>
    public static string? ConfusionToSvg(Evaluation evaluation) => Confusion(evaluation)?.ToSvg();

    /// <summary>Writes the pictures into a folder: <c>roc.svg</c>, <c>precision-recall.svg</c>, <c>calibration.svg</c> and, where there is
    /// one, <c>confusion.svg</c>. Each is complete or as it was before.</summary>
    /// <param name="folder">The folder; it is there.</param>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The files.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static IReadOnlyList<string> Save(string folder, Evaluation evaluation)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (string Name, string? Text)[] pictures =
        [
            ("roc.svg", RocToSvg(evaluation)),
            ("precision-recall.svg", PrecisionRecallToSvg(evaluation)),
            ("calibration.svg", CalibrationToSvg(evaluation)),
            ("confusion.svg", ConfusionToSvg(evaluation)),
        ];
        var files = new List<string>();
        foreach (var (name, text) in pictures)
        {
            if (text is not null)
            {
                files.Add(Path.Combine(folder, name));
                AtomicFile.Write(files[^1], stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            }
        }

        return files;
    }

    internal static UnitPlot Roc(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        var areas = evaluation.Sample(null).Auroc;
        var (shown, note) = Choose(areas);
        return new UnitPlot
        {
            Title = "ROC curves",
            XName = "false positive rate",
            YName = "true positive rate",
            ValueName = "AUROC",
            HasDiagonal = true,
            Note = note,
            Curves = [.. shown.Select(index =>
            {
                var curve = evaluation.Task == ClassificationTask.Multiclass ? evaluation.Multiclass.Roc(index) : evaluation.Multilabel.Roc(index);
                return new UnitCurve(
                    evaluation.ClassNames[index], Number(areas[index]), [.. curve.FalsePositiveRates.Zip(curve.TruePositiveRates)]);
            })],
        };
    }

    internal static UnitPlot PrecisionRecall(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        var precisions = evaluation.Sample(null).AveragePrecision;
        var (shown, note) = Choose(precisions);
        return new UnitPlot
        {
            Title = "Precision-recall curves",
            XName = "recall",
            YName = "precision",
            ValueName = "average precision",
            Note = note,
            Curves = [.. shown.Select(index =>
            {
                var curve = evaluation.Task == ClassificationTask.Multiclass
                    ? evaluation.Multiclass.PrecisionRecall(index)
                    : evaluation.Multilabel.PrecisionRecall(index);
                return new UnitCurve(evaluation.ClassNames[index], Number(precisions[index]), [.. Steps(curve)]);
            })],
        };
    }

    internal static UnitPlot CalibrationOf(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        if (evaluation.Task == ClassificationTask.Multiclass)
        {
            return CalibrationPlot([("likeliest class", evaluation.Multiclass.Sample(null).Calibration)], null);
        }

        Calibration[] calibrations = [.. evaluation.Multilabel.Sample(null).Calibrations];
        // The worst first, as with the curves: here the highest.
        var (shown, note) = Choose([.. calibrations.Select(label => -label.Error)]);
        return CalibrationPlot(shown.Select(index => (evaluation.ClassNames[index], calibrations[index])), note);
    }

    /// <summary>The same images' calibration at several temperatures, of labels all together.</summary>
    internal static UnitPlot CalibrationsOf(IEnumerable<(string Name, Evaluation Evaluation)> evaluations) => CalibrationPlot(
        evaluations.Select(item => (item.Name, item.Evaluation.Task == ClassificationTask.Multiclass
            ? item.Evaluation.Multiclass.Sample(null).Calibration
            : item.Evaluation.Multilabel.Sample(null).Together)),
        null);

    private static UnitPlot CalibrationPlot(IEnumerable<(string Name, Calibration Calibration)> curves, string? note) => new()
    {
        Title = "Calibration",
        XName = "predicted probability",
        YName = "share that came true",
        ValueName = "calibration error",
        HasDiagonal = true,
        HasMarks = true,
        Note = note,
        Curves = [.. curves.Select(curve => new UnitCurve(
            curve.Name, Number(curve.Calibration.Error), [.. curve.Calibration.Points.Select(point => (point.Confidence, point.Share))]))],
    };

    internal static ConfusionPlot? Confusion(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return evaluation.Task == ClassificationTask.Multiclass && evaluation.ClassNames.Count <= ConfusionPlot.MostClasses
            ? new ConfusionPlot(evaluation.Multiclass.ConfusionMatrix(), evaluation.ClassNames)
            : null;
    }

    /// <summary>Which classes' curves are drawn, in the classes' order, and what is to be said of the others.</summary>
    private static (IReadOnlyList<int> Shown, string? Note) Choose(double[] values)
    {
        int[] defined = [.. Enumerable.Range(0, values.Length).Where(index => !double.IsNaN(values[index]))];
        int[] shown = [.. defined.OrderBy(index => values[index]).Take(MostCurves).Order()];
        var undefined = values.Length - defined.Length;
        string[] parts =
        [
            .. shown.Length < defined.Length ? [$"the worst {shown.Length} of {defined.Length}"] : Array.Empty<string>(),
            .. undefined > 0 ? [$"{undefined} without a curve: no images of one kind"] : Array.Empty<string>(),
        ];
        return (shown, parts.Length == 0 ? null : string.Join("; ", parts));
    }

    /// <summary>From the highest recall down; a precision holds until the next recall, as the average precision counts it.</summary>
    private static IEnumerable<(double Recall, double Precision)> Steps(PrecisionRecallCurve curve)
    {
        for (var i = 0; i < curve.Thresholds.Count; i++)
        {
            yield return (curve.Recalls[i], curve.Precisions[i]);
            yield return (curve.Recalls[i + 1], curve.Precisions[i]);
        }
    }

    private static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);
}
