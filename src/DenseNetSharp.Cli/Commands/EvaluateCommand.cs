using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Data;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet evaluate</c>: how good a checkpoint is on labelled images.</summary>
internal sealed class EvaluateCommand
{
    /// <summary>More classes than this make no matrix that anybody reads.</summary>
    private const int MostClassesInMatrix = 20;

    private readonly Command _command = new("evaluate", "Measure a checkpoint on labelled images.");
    private readonly Argument<string> _folder = new("FOLDER") { Description = "a folder with one sub-folder a class" };
    private readonly Option<string?> _labels = CommonOptions.Labels();

    private readonly Option<string?> _part = CheckedOption.Choice(
        "--on",
        "the part of the images to measure on: what the run beside the weights learned from or validated with, or a part of the table's",
        PartNames.Training, PartNames.Validation, PartNames.Test);

    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly TableOptions _table;
    private readonly ReadingOptions _reading;
    private readonly NetworkOptions _network;

    private EvaluateCommand()
    {
        InputFiles.RequireFolder(_folder);
        _command.Arguments.Add(_folder);
        foreach (var option in new Option[] { _labels, _part, _engine, _json })
        {
            _command.Options.Add(option);
        }

        _table = new TableOptions(_command);
        _reading = new ReadingOptions(_command);
        _network = new NetworkOptions(_command, requireWeights: true);
        _command.SetAction((arguments, cancellationToken) => Task.Run(() => Run(arguments, cancellationToken)));
    }

    public static Command Create() => new EvaluateCommand()._command;

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        var isFused = _network.IsFused(arguments, arguments.GetValue(_engine));
        var folder = arguments.GetValue(_folder)!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder.");
        }

        var table = TableChoice.Of(_table.FileOf(arguments), _table.Given(arguments));
        using var loaded = _network.Load(arguments, isFused, arguments.GetValue(_labels), cancellationToken);
        var found = loaded.Checkpoint;
        var classes = found.Labels ?? throw new UsageException(
            $"{_network.WeightsOf(arguments)} does not say what its {found.Spec.NumClasses} classes are called; name them with --labels FILE.");
        if (classes.Count == 1 && table is null && arguments.GetValue(_part) is null)
        {
            throw new UsageException(
                $"{_network.WeightsOf(arguments)} has one output, a probability of '{classes[0]}', and sub-folders are two classes or more; a table says "
                + $"of each image whether it is one: --classes-csv FILE with the column {classes[0]}.");
        }

        var data = EvaluationData.Load(folder, table, arguments.GetValue(_part), found, classes);
        var dataset = data.Dataset;
        classes = dataset.ClassNames;
        if (dataset.Images.Count == 0)
        {
            throw new InvalidDataException($"{folder} has no images of any class.");
        }

        var reading = _reading.Of(arguments, found);
        Evaluation? evaluation = null;
        Terminal.ShowProgress("evaluating", dataset.Images.Count, advance => evaluation = Evaluation.Run(
            data.Of(loaded.Network),
            dataset,
            found.Preset,
            _network.Batches(arguments, reading),
            advance,
            cancellationToken));
        reading.ReportLosses();
        foreach (var item in evaluation!.Unreadable)
        {
            Failure.Report(item.Source.Path, Failure.ReasonOf(item.Source.Path, item.Error!));
        }

        if (evaluation.Count == 0)
        {
            throw new InvalidDataException($"No image of {folder} can be read.");
        }

        if (arguments.GetValue(_json))
        {
            JsonOutput.Write(evaluation.Task == ClassificationTask.Multiclass
                ? Document(evaluation.Multiclass, classes)
                : Document(evaluation.Multilabel, classes));
        }
        else if (evaluation.Task == ClassificationTask.Multiclass)
        {
            Show(evaluation.Multiclass, classes);
        }
        else
        {
            Show(evaluation.Multilabel, classes);
        }

        return ExitStatus.Of(everythingDone: evaluation.Unreadable.Count == 0);
    }

    private static object Document(MulticlassMetrics metrics, IReadOnlyList<string> classes)
    {
        var confusion = metrics.ConfusionMatrix();
        return new
        {
            images = metrics.Count,
            accuracy = metrics.Accuracy,
            top5 = metrics.TopAccuracy(Math.Min(5, classes.Count)),
            loss = JsonOutput.Finite(metrics.Loss),
            perClass = metrics.PerClass().Select((scores, i) => new
            {
                index = i,
                label = classes[i],
                precision = scores.Precision,
                recall = scores.Recall,
                f1 = scores.F1,
                images = scores.Support,
            }),
            confusion = Enumerable.Range(0, classes.Count).Select(row => Enumerable.Range(0, classes.Count).Select(column => confusion[row, column])),
        };
    }

    private static object Document(MultilabelMetrics metrics, IReadOnlyList<string> classes)
    {
        var areas = metrics.Auroc();
        return new
        {
            images = metrics.Count,
            meanAuroc = JsonOutput.Finite(metrics.MeanAuroc()),
            loss = JsonOutput.Finite(metrics.Loss),
            perClass = metrics.PerLabel().Select((scores, i) => new
            {
                index = i,
                label = classes[i],
                auroc = JsonOutput.Finite(areas[i]),
                precision = scores.Precision,
                recall = scores.Recall,
                f1 = scores.F1,
                images = scores.Support,
            }),
        };
    }

    private static void Show(MulticlassMetrics metrics, IReadOnlyList<string> classes)
    {
        var table = Terminal.Table(1, "class", "images", "precision", "recall", "F1");
        foreach (var (i, scores) in metrics.PerClass().Index())
        {
            table.AddRow(
                Markup.Escape(Terminal.Printable(classes[i])), $"{scores.Support}", Number(scores.Precision), Number(scores.Recall), Number(scores.F1));
        }

        Terminal.Output.Write(table);
        if (classes.Count <= MostClassesInMatrix)
        {
            Terminal.Output.Write(Matrix(metrics.ConfusionMatrix(), classes));
        }

        Console.Out.WriteLine(
            $"images {metrics.Count}, accuracy {Number(metrics.Accuracy)}, "
            + $"top-5 {Number(metrics.TopAccuracy(Math.Min(5, classes.Count)))}, loss {Number(metrics.Loss)}");
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

    private static void Show(MultilabelMetrics metrics, IReadOnlyList<string> classes)
    {
        var table = Terminal.Table(1, "class", "images", "AUROC", "precision", "recall", "F1");
        var areas = metrics.Auroc();
        foreach (var (i, scores) in metrics.PerLabel().Index())
        {
            table.AddRow(
                Markup.Escape(Terminal.Printable(classes[i])),
                $"{scores.Support}",
                Number(areas[i]),
                Number(scores.Precision),
                Number(scores.Recall),
                Number(scores.F1));
        }

        Terminal.Output.Write(table);
        Console.Out.WriteLine($"images {metrics.Count}, mean AUROC {Number(metrics.MeanAuroc())}, loss {Number(metrics.Loss)}");
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);
}
