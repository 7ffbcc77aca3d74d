using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Metrics;
using Spectre.Console;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>An evaluation as tables.</summary>
internal static class EvaluationText
{
    /// <summary>More classes than this make no matrix that anybody reads.</summary>
    private const int MostClassesInMatrix = 20;

    public static void Write(Evaluation evaluation, EvaluationIntervals? intervals)
    {
        var isMulticlass = evaluation.Task == ClassificationTask.Multiclass;
        WriteClasses(evaluation, isMulticlass);
        if (isMulticlass && evaluation.ClassNames.Count <= MostClassesInMatrix)
        {
            Terminal.Output.Write(Matrix(evaluation.Multiclass.ConfusionMatrix(), evaluation.ClassNames));
        }

        WriteFigures(evaluation, intervals);
        if (evaluation.Temperature != 1)
        {
            WriteCalibration(evaluation);
        }

        Console.Out.WriteLine(isMulticlass
            ? $"images {evaluation.Count}, accuracy {Number(evaluation.Multiclass.Accuracy)}, "
                + $"top-5 {Number(evaluation.Multiclass.TopAccuracy(5))}, loss {Number(evaluation.Loss)}"
            : $"images {evaluation.Count}, mean AUROC {Number(evaluation.Multilabel.MeanAuroc())}, loss {Number(evaluation.Loss)}");
    }

    private static void WriteClasses(Evaluation evaluation, bool isMulticlass)
    {
        var figures = evaluation.Sample(null);
        var scores = isMulticlass ? evaluation.Multiclass.PerClass() : evaluation.Multilabel.PerLabel();
        string[] own = isMulticlass ? [] : ["threshold"];
        var table = Terminal.Table(1, ["class", "images", "AUROC", "average precision", .. own, "precision", "recall", "F1"]);
        foreach (var (i, name) in evaluation.ClassNames.Index())
        {
            table.AddRow(
            [
                Markup.Escape(Terminal.Printable(name)),
                scores[i].Support.ToString(CultureInfo.InvariantCulture),
                Number(figures.Auroc[i]),
                Number(figures.AveragePrecision[i]),
                .. isMulticlass ? Array.Empty<string>() : [Number(evaluation.Multilabel.OwnThresholds[i])],
                Number(scores[i].Precision),
                Number(scores[i].Recall),
                Number(scores[i].F1),
            ]);
        }

        Terminal.Output.Write(table);
    }

    private static Table Matrix(long[,] confusion, IReadOnlyList<string> classes)
    {
        var table = Terminal.Table(1, ["truth, and what was taken for it", .. classes.Select(Terminal.Printable)]);
        for (var row = 0; row < classes.Count; row++)
        {
            table.AddRow(
            [
                Markup.Escape(Terminal.Printable(classes[row])),
                .. Enumerable.Range(0, classes.Count).Select(column => confusion[row, column].ToString(CultureInfo.InvariantCulture)),
            ]);
        }

        return table;
    }

    private static void WriteFigures(Evaluation evaluation, EvaluationIntervals? intervals)
    {
        string[] ends = intervals is null ? [] : ["95 % from", "to"];
        var table = Terminal.Table(1, ["all classes", "value", .. ends]);
        foreach (var metric in evaluation.Metrics)
        {
            var between = intervals?.Of(metric);
            table.AddRow(
            [
                Markup.Escape(metric.Title),
                Number(metric.Of(evaluation)),
                .. between is { } range ? [Number(range.Low), Number(range.High)] : Array.Empty<string>(),
            ]);
        }

        Terminal.Output.Write(table);
    }

    /// <summary>What the temperature changes.</summary>
    private static void WriteCalibration(Evaluation evaluation)
    {
        var plain = evaluation.At(1);
        var table = Terminal.Table(1, "calibration", "before temperature", $"at {LoadedNetworks.TextOf(evaluation.Temperature)}");
        AddRow(EvaluationMetric.CalibrationError.Title, EvaluationMetric.CalibrationError.Of);
        AddRow(EvaluationMetric.Loss.Title, EvaluationMetric.Loss.Of);
        AddRow("Brier score", each => each.BrierScore);
        Terminal.Output.Write(table);

        void AddRow(string name, Func<Evaluation, double> of) => table.AddRow(name, Number(of(plain)), Number(of(evaluation)));
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);
}
