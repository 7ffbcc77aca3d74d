using System.CommandLine;
using DenseNetSharp.Cli.Data;
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

    private readonly Option<string?> _part = CheckedOption.Choice(
        "--on",
        "the part of the images to measure on: what the run beside the weights learned from or validated with, or a part of the table's",
        PartNames.Training, PartNames.Validation, PartNames.Test);

    private readonly Option<string?> _engine = EngineOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly TableOptions _table;
    private readonly EvaluationOptions _figures;
    private readonly ScoreOptions _scores;
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
        _figures = new EvaluationOptions(_command);
        _scores = new ScoreOptions(_command);
        _reading = new ReadingOptions(_command);
        _network = new NetworkOptions(_command, requireWeights: true, predicts: true);
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
        var choice = _figures.Of(arguments);
        var scores = _scores.Of(arguments, choice);
        var augmentation = _network.AugmentationOf(arguments);
        if (choice.Calibrates)
        {
            TemperatureChoice.RequireOne(_network.CountOf(arguments), augmentation);
        }

        using var loaded = _network.LoadAll(arguments, isFused, arguments.GetValue(_labels), cancellationToken);
        var found = loaded.First;
        var classes = found.Labels ?? throw new UsageException(
            $"{found.Source} does not say what its {found.Spec.NumClasses} classes are called; name them with --labels FILE.");
        if (classes.Count == 1 && table is null && arguments.GetValue(_part) is null)
        {
            throw new UsageException(
                $"{found.Source} has one output, a probability of '{classes[0]}', and sub-folders are two classes or more; a table says "
                + $"of each image whether it is one: --classes-csv FILE with the column {classes[0]}.");
        }

        var dataset = EvaluationData.Load(folder, table, arguments.GetValue(_part), found, classes);
        Thresholds.RequireLabels(choice.Tuning, dataset.Task);
        if (dataset.Images.Count == 0)
        {
            throw new InvalidDataException($"{folder} has no images of any class.");
        }

        var reading = _reading.Of(arguments, found);
        var classifier = loaded.Classifier(augmentation, checkpoint => _reading.Of(arguments, checkpoint), dataset.Task);
        var batches = _network.Batches(arguments, reading);
        Evaluation evaluation = null!;
        if (scores.UsesFiles)
        {
            var files = new ScoredFiles(dataset, folder);
            var settings = files.SettingsOf(
                _network.SettingsOf(arguments, loaded.Checkpoints, reading, isFused, cancellationToken), loaded, scores.Shard);
            if (scores.Output is null)
            {
                files.Merge(scores.Merged, settings);
            }
            else
            {
                using var lines = files.Compute(classifier, scores.Shard, scores.Output, settings, batches, cancellationToken);
                if (scores.Shard is not null)
                {
                    reading.ReportLosses();
                    lines.Report(arguments.GetValue(_json));
                    return ExitStatus.Done;
                }
            }

            evaluation = files.ToEvaluation(classifier);
        }
        else
        {
            Terminal.ShowProgress(
                "evaluating",
                dataset.Images.Count,
                advance => evaluation = Evaluation.Run(classifier, dataset, batches, advance, cancellationToken));
        }

        reading.ReportLosses();
        foreach (var item in evaluation.Unreadable)
        {
            Failure.Report(item.Source.Path, Failure.ReasonOf(item.Source.Path, item.Error!));
        }

        if (evaluation.Count == 0)
        {
            throw new InvalidDataException($"No image of {folder} can be read.");
        }

        if (choice.Calibrates)
        {
            TemperatureChoice.WarnOfLearned(EvaluationData.CountLearned(dataset, folder, found, classes), dataset.Images.Count);
        }

        var isFitHere = false;
        if (choice.Calibrates && TemperatureChoice.Fit(evaluation, found) is var (calibrated, foundAt))
        {
            (evaluation, found, isFitHere) = (calibrated, foundAt, true);
        }
        else
        {
            loaded.ReportTemperatures();
        }

        if (choice.Tuning is { } rule)
        {
            Thresholds.Tune(evaluation, rule, loaded.IsEnsemble ? null : found);
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
                Title = $"{loaded.Name} on {Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))}",
                Introduction = [$"{evaluation.Count} images of {Path.GetFullPath(folder)}"],
                Evaluation = evaluation,
                Intervals = intervals,
                Decode = reading.Decode,
                IsTemperatureFitHere = isFitHere,
                Facts = ReportFile.FactsOf(arguments, loaded, found, isFused),
            });
        }

        if (arguments.GetValue(_json))
        {
            EvaluationJson.Write(evaluation, intervals, choice.Calibrates ? isFitHere : null);
        }
        else
        {
            EvaluationText.Write(evaluation, intervals);
        }

        Failure.ReportUnreadable(evaluation.Unreadable.Count, "the figures are without");
        return ExitStatus.Done;
    }
}
