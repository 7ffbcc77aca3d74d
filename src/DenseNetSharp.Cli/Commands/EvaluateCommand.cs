using System.CommandLine;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Evaluating;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Cli.Commands;

/// <summary><c>densenet evaluate</c>: how good a checkpoint is on labelled images.</summary>
internal sealed class EvaluateCommand
{
    private readonly Command _command = new("evaluate", "Measure a checkpoint on labelled images.");
    private readonly Argument<string> _folder = new("FOLDER") { Description = "a folder with one sub-folder a class" };
    private readonly Option<string?> _labels = CommonOptions.Labels();

    private readonly Option<string?> _table = new("--classes-csv")
    {
        Description = "a CSV file of images in FOLDER and their classes, for images of several classes, instead of sub-folders",
        HelpName = "FILE",
    };

    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly EvaluationOptions _figures;
    private readonly ReadingOptions _reading;
    private readonly NetworkOptions _network;

    private EvaluateCommand()
    {
        InputFiles.RequireNames(_folder);
        _command.Arguments.Add(_folder);
        foreach (var option in new Option[] { _labels, _table, _engine, _json })
        {
            _command.Options.Add(option);
        }

        _figures = new EvaluationOptions(_command);
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

        var choice = _figures.Of(arguments);
        using var loaded = _network.Load(arguments, isFused, arguments.GetValue(_labels), cancellationToken);
        var found = loaded.Checkpoint;
        var classes = found.Labels ?? throw new UsageException(
            $"{_network.WeightsOf(arguments)} does not say what its {found.Spec.NumClasses} classes are called; name them with --labels FILE.");
        if (classes.Count == 1 && arguments.GetValue(_table) is null)
        {
            throw new UsageException(
                $"{_network.WeightsOf(arguments)} has one output, a probability of '{classes[0]}', and sub-folders are two classes or more; a table says "
                + $"of each image whether it is one: --classes-csv FILE with the column {classes[0]}.");
        }

        var leftOut = new LeftOutFiles();
        var dataset = arguments.GetValue(_table) is { } table
            ? LabelTable.Load(table, folder, classes)
            : ImageFolder.Load(folder, classes, requireAll: false, file => leftOut.Add(folder, file));
        leftOut.Report();
        dataset = WithTask(dataset, found);
        Thresholds.RequireLabels(choice.Tuning, dataset.Task);
        if (dataset.Images.Count == 0)
        {
            throw new InvalidDataException($"{folder} has no images of any class.");
        }

        var reading = _reading.Of(arguments, found);
        Evaluation? evaluation = null;
        Terminal.ShowProgress("evaluating", dataset.Images.Count, advance => evaluation = Evaluation.Run(
            loaded.Network,
            dataset,
            found.Preset,
            _network.Batches(arguments, reading),
            advance,
            cancellationToken));
        reading.ReportClipped();
        foreach (var item in evaluation!.Unreadable)
        {
            Failure.Report(item.Source.Path, Failure.ReasonOf(item.Source.Path, item.Error!));
        }

        if (evaluation.Count == 0)
        {
            throw new InvalidDataException($"No image of {folder} can be read.");
        }

        if (evaluation.Task == ClassificationTask.Multilabel)
        {
            Thresholds.Use(evaluation, found);
        }

        if (choice.Tuning is { } rule)
        {
            Thresholds.Tune(evaluation, rule, found);
        }

        var intervals = Intervals.Of(evaluation, choice.Resamples, cancellationToken);
        if (choice.Predictions is { } predictions)
        {
            PredictionFile.Write(predictions, folder, evaluation);
        }

        if (choice.Report is { } report)
        {
            ReportFile.Write(report, new EvaluationReport
            {
                Title = $"{found.Weights} on {Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))}",
                Introduction = [$"{evaluation.Count} images of {Path.GetFullPath(folder)}"],
                Evaluation = evaluation,
                Intervals = intervals,
                Decode = reading.Decode,
                Facts = ReportFile.FactsOf(arguments, found, isFused),
            });
        }

        if (arguments.GetValue(_json))
        {
            EvaluationJson.Write(evaluation, intervals);
        }
        else
        {
            EvaluationText.Write(evaluation, intervals);
        }

        return ExitStatus.Of(everythingDone: evaluation.Unreadable.Count == 0);
    }

    /// <summary>The images under what the network's outputs mean, where that is known; else as they are given, which is for a table
    /// that they may belong to several classes, and for folders that they do not.</summary>
    private static ImageDataset WithTask(ImageDataset dataset, FoundCheckpoint found)
    {
        if (found.TaskSource is null || found.Task == dataset.Task)
        {
            return dataset;
        }

        if (found.Task == ClassificationTask.None)
        {
            throw new UsageException("--task none gives raw values, and evaluate measures classes; name multiclass or multilabel.");
        }

        try
        {
            var result = new ImageDataset(dataset.ClassNames, dataset.Images, found.Task);
            Console.Error.WriteLine($"densenet: measured as {CheckpointReport.NameOf(found.Task)}, as {found.TaskSource} says");
            return result;
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(
                $"The network's classes exclude each other, as {found.TaskSource} says, but an image has several or none ({Failure.MessageOf(exception)}); "
                + "--task multilabel measures each class by itself.",
                exception);
        }
    }
}
