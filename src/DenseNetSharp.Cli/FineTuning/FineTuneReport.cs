using System.Globalization;
using DenseNetSharp.Cli.Evaluating;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using Spectre.Console;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>What a run came to, on standard output.</summary>
internal static class FineTuneReport
{
    public static void WriteJson(FineTuningResult result, string report) => JsonOutput.Write(new
    {
        epochs = result.Epochs.Select(Document),
        bestEpoch = result.Best.Epoch,
        best = Document(result.Best),
        stoppedEarly = result.StoppedEarly,
        temperature = result.Calibrated?.Temperature,
        unreadable = result.Unreadable.Select(item => new
        {
            image = item.Source.Path,
            error = Failure.ReasonOf(item.Source.Path, item.Error!),
        }),
        files = new
        {
            best = result.BestCheckpoint,
            last = result.LastCheckpoint,
            labels = result.Labels,
            metrics = result.Metrics,
            curves = result.Curves,
            split = result.Split,
            run = result.Description,
            report,
        },
    });

    public static void WriteTable(FineTuningResult result, IReadOnlyList<string> shown, string report)
    {
        string[] metrics = [.. EpochText.Shown(result.Epochs[0], shown)];
        var table = Terminal.Table(0, ["epoch", "learning rate", "loss", "validation loss", .. metrics, "time", ""]);
        foreach (var epoch in result.Epochs)
        {
            table.AddRow(
            [
                epoch.Epoch.ToString(CultureInfo.InvariantCulture),
                epoch.LearningRate.ToString("G3", CultureInfo.InvariantCulture),
                EpochText.Number(epoch.TrainingLoss),
                EpochText.Number(epoch.ValidationLoss ?? double.NaN),
                .. metrics.Select(name => EpochText.Number(epoch.Metric(name) ?? double.NaN)),
                EpochText.Duration(TimeSpan.FromSeconds(epoch.Seconds)),
                epoch.Epoch == result.Best.Epoch ? "best" : "",
            ]);
        }

        Terminal.Output.Write(table);
        Console.Out.WriteLine(
            $"best epoch {result.Best.Epoch}{(result.StoppedEarly ? ", no improvement since" : "")}: {result.BestCheckpoint}; report: {report}");
    }

    /// <summary>Says on standard error which temperature was fit, and what it changes.</summary>
    public static void WriteTemperature(FineTuningResult result)
    {
        if (result.Calibrated is { } calibrated)
        {
            Console.Error.WriteLine(
                $"densenet: temperature {LoadedNetworks.TextOf(calibrated.Temperature)} fit on the {calibrated.Count} images held out, stored in "
                + $"{result.Description} for {Path.GetFileName(result.BestCheckpoint)}; {TemperatureChoice.ChangeOf(calibrated)}");
        }
    }

    /// <summary>Says of a run that has ended how many images it did without; each has been named before.</summary>
    public static void WriteUnreadable(FineTuningResult result)
    {
        Failure.ReportUnreadable(result.Unreadable.Count, "the run went on without");
    }

    private static object Document(EpochRecord epoch) => new
    {
        epoch = epoch.Epoch,
        learningRate = epoch.LearningRate,
        loss = JsonOutput.Finite(epoch.TrainingLoss),
        validationLoss = JsonOutput.Finite(epoch.ValidationLoss),
        metrics = epoch.Metrics.ToDictionary(metric => metric.Name, metric => JsonOutput.Finite(metric.Value)),
        seconds = epoch.Seconds,
    };
}
