using System.CommandLine;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>The options that say what becomes of an evaluation's figures.</summary>
internal sealed class EvaluationOptions
{
    public const string Predictions = "--predictions";
    public const string Report = "--report";
    public const string TuneThresholds = "--tune-thresholds";

    private readonly Option<string?> _predictions = new(Predictions)
    {
        Description = "a CSV file that gets each image's truth, prediction and probabilities, the worst mistakes first",
        HelpName = "FILE.csv",
    };

    private readonly Option<string?> _report = new(Report)
    {
        Description = "an HTML file that gets figures, curves, confusion and the worst mistakes as pictures; or a folder, which gets report.html and "
            + "the curves as SVG",
        HelpName = "FILE.html-or-DIR",
    };

    private readonly Option<int?> _resamples = CheckedOption.OptionalCount(
        Intervals.Option, $"resamples of the images for the 95 % intervals; {Intervals.DefaultResamples} if not given, 0 for none", least: 0);

    private readonly Option<string?> _tune = CheckedOption.Choice(
        TuneThresholds,
        "choose each label's threshold on these images, which should be held out, by Youden's J or the F1, and store them in run.json for classify",
        "youden", "f1");

    private readonly Option<bool> _calibrate = new(TemperatureChoice.Option)
    {
        Description = "fit the temperature of the probabilities on these images, which should be held out, and store it in run.json for classify",
    };

    public EvaluationOptions(Command command)
    {
        foreach (var option in new Option[] { _predictions, _report, _resamples, _calibrate, _tune })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What a command line chose.</summary>
    /// <exception cref="UsageException">A file cannot be what it is named, or written where it is to be; it is told before anything is
    /// computed.</exception>
    public EvaluationChoice Of(ParseResult arguments)
    {
        var predictions = arguments.GetValue(_predictions);
        var report = arguments.GetValue(_report);
        if (predictions is not null)
        {
            RequireEnding("--predictions", predictions, ".csv");
            RequireFile("--predictions", predictions);
            if (File.Exists(predictions) && !PredictionFile.Is(predictions))
            {
                throw new UsageException($"--predictions {predictions} is there already, and holds no predictions that could be replaced; name another file.");
            }
        }

        if (report is { Length: 0 })
        {
            throw new UsageException("--report is empty; name a file that ends in .html, or a folder.");
        }

        if (report is not null && EvaluationChoice.IsFile(report))
        {
            RequireFile("--report", report);
            RequireNoRuns(report, Path.GetDirectoryName(Path.GetFullPath(report))!, Path.GetFileName(report));
        }
        else if (File.Exists(report))
        {
            throw new UsageException($"--report {report} is a file that does not end in .html; name one that does, or a folder.");
        }
        else if (report is not null)
        {
            RequireNoRuns(report, report, ReportFile.Name);
        }

        return new EvaluationChoice
        {
            Predictions = predictions,
            Report = report,
            Resamples = arguments.GetValue(_resamples),
            Calibrates = arguments.GetValue(_calibrate),
            Tuning = arguments.GetValue(_tune) switch
            {
                "youden" => ThresholdRule.Youden,
                "f1" => ThresholdRule.F1,
                _ => null,
            },
        };
    }

    private static void RequireEnding(string option, string path, string ending)
    {
        if (!path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{option} is {path}; it must end in {ending}.");
        }
    }

    /// <summary>A run's own report, of its epochs, is not replaced by one of an evaluation.</summary>
    private static void RequireNoRuns(string report, string folder, string name)
    {
        if (name == ReportFile.Name && File.Exists(Path.Combine(folder, RunDescription.FileName)) && File.Exists(Path.Combine(folder, name)))
        {
            throw new UsageException($"--report {report} would replace the report of the run in {folder}; name another file or folder.");
        }
    }

    private static void RequireFile(string option, string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{option} {path} is a folder; name a file.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"{option} {path}: there is no folder {folder}; make it first.");
        }
    }
}
