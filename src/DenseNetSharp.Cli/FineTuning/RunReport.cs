using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Evaluating;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>A run's report, beside its checkpoints.</summary>
internal sealed class RunReport(string folder)
{
    private Evaluation? _best;

    /// <summary>The report's file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, ReportFile.Name);

    /// <summary>Keeps what the best epoch's validation gave.</summary>
    public void Note(FineTuningEpoch epoch)
    {
        if (epoch is { IsBest: true, IsValidated: true })
        {
            _best = epoch.Validation;
        }
    }

    /// <summary>Writes it. Where the best epoch is of an earlier process, its weights are measured again.</summary>
    public void Write(
        FineTuningResult result, StartingNetwork network, string device, TrainingData data, ImageBatchOptions loading, CancellationToken cancellationToken)
    {
        var run = RunDescription.Load(result.Description);
        var evaluation = result.Calibrated ?? _best ?? (data.HeldOut is null ? null : Measure(result, network, device, data, loading, cancellationToken));
        evaluation = run.Temperature is { } temperature && evaluation?.Temperature != temperature ? evaluation?.At(temperature) : evaluation;
        new EvaluationReport
        {
            Title = $"{run.Architecture ?? "A DenseNet"} on {run.ClassNames!.Count} {(run.ClassNames.Count == 1 ? "class" : "classes")}",
            Introduction =
            [
                $"The run in {System.IO.Path.GetFullPath(folder)}: {result.Epochs.Count} epochs on {data.Training.Images.Count} images"
                + (evaluation is null
                    ? ", without images held out."
                    : $". The figures are those of best.pth, epoch {result.Best.Epoch}, on the {evaluation.Count} images held out."),
            ],
            Evaluation = evaluation,
            Intervals = evaluation is null ? null : Intervals.Of(evaluation, null, cancellationToken),
            IsTemperatureFitHere = result.Calibrated is not null,
            Epochs = result.Epochs,
            Marks = [new EpochMark(result.Best.Epoch, System.IO.Path.GetFileName(result.BestCheckpoint))],
            Decode = loading.Decode,
            Facts = ReportFacts.OfRun(run),
        }.Save(Path);
    }

    private static Evaluation Measure(
        FineTuningResult result, StartingNetwork network, string device, TrainingData data, ImageBatchOptions loading, CancellationToken cancellationToken)
    {
        using var best = DenseNetFactory.FromCheckpoint(result.BestCheckpoint, options: new DenseNetOptions { Device = DeviceArgument.Parse(device) });
        best.eval();
        return Evaluation.Run(best, data.HeldOut!, network.Preset, loading, cancellationToken: cancellationToken);
    }
}
