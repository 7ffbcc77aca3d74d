using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Inference;
using DenseNetSharp.Metrics;
using Spectre.Console;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet evaluate</c>: how good a checkpoint is on labelled images.</summary>
internal static class EvaluateCommand
{
    /// <summary>More classes than this make no matrix that anybody reads.</summary>
    private const int MostClassesInMatrix = 20;

    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "a folder with one sub-folder a class" };
        CommonOptions.RequireInputs(folder);
        var labels = new Option<string?>("--labels") { Description = "a text file with one class name a line", HelpName = "FILE" };
        var table = new Option<string?>("--classes-csv")
        {
            Description = "a CSV file of images in FOLDER and their classes, for images of several classes, instead of sub-folders",
            HelpName = "FILE",
        };
        var orient = CommonOptions.ExifOrientation();
        var engine = EngineOption.Create();
        var json = CommonOptions.Json();
        var command = new Command("evaluate", "Measure a checkpoint on labelled images.")
        {
            folder, labels, table, orient, engine, json,
        };
        var network = new ModelOptions(command, requireWeights: true);
        command.SetAction((arguments, cancellation) => Task.Run(() => Run(new Options
        {
            Folder = arguments.GetValue(folder)!,
            Network = network.Of(arguments),
            Labels = arguments.GetValue(labels),
            Table = arguments.GetValue(table),
            ApplyExifOrientation = arguments.GetValue(orient),
            Engine = arguments.GetValue(engine),
            Json = arguments.GetValue(json),
        }, cancellation)));
        return command;
    }

    private sealed record Options
    {
        public required string Folder { get; init; }

        public required ModelChoice Network { get; init; }

        public string? Labels { get; init; }

        public string? Table { get; init; }

        public bool ApplyExifOrientation { get; init; }

        public string? Engine { get; init; }

        public bool Json { get; init; }
    }

    private static int Run(Options options, CancellationToken cancellation)
    {
        var isFused = EngineOption.IsFused(options.Engine, options.Network.Device);
        if (!Directory.Exists(options.Folder))
        {
            throw new DirectoryNotFoundException($"{options.Folder}: there is no such folder.");
        }

        using var loaded = isFused ? null : options.Network.Load(options.Labels, cancellation);
        var found = loaded?.Found ?? options.Network.Find(options.Labels, cancellation);
        var classes = found.Labels ?? throw new UsageException(
            $"{options.Network.Weights} does not say what its {found.Spec.NumClasses} classes are called; name them with --labels FILE.");
        var dataset = options.Table is null
            ? ImageFolder.Load(options.Folder, classes, requireAll: false)
            : LabelTable.Load(options.Table, options.Folder, classes);
        if (dataset.Images.Count == 0)
        {
            throw new InvalidDataException($"{options.Folder} has no images of any class.");
        }

        using var fused = isFused ? FusedDenseNet.Load(found.Path, new() { MaxThreads = options.Network.Threads, Spec = found.Spec }) : null;
        Evaluation? evaluation = null;
        Terminal.ShowProgress("evaluating", dataset.Images.Count, advance => evaluation = Evaluation.Run(
            fused ?? (IImageNetwork)loaded!.Model,
            dataset,
            found.Preset,
            options.Network.Batches(options.ApplyExifOrientation || found.ApplyExifOrientation),
            advance,
            cancellation));
        foreach (var item in evaluation!.Unreadable)
        {
            InputFiles.Report(item.Source.Path, InputFiles.Reason(item.Source.Path, item.Error!));
        }

        if (evaluation.Count == 0)
        {
            throw new InvalidDataException($"No image of {options.Folder} can be read.");
        }

        if (options.Json)
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

        return Program.ExitStatus(everythingDone: evaluation.Unreadable.Count == 0);
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
                index = i, label = classes[i], precision = scores.Precision, recall = scores.Recall, f1 = scores.F1, images = scores.Support,
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
            $"images {metrics.Count}, accuracy {Number(metrics.Accuracy)}, top-5 {Number(metrics.TopAccuracy(Math.Min(5, classes.Count)))}, loss {Number(metrics.Loss)}");
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
