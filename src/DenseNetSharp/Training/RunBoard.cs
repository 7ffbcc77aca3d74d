using DenseNetSharp.Reports;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>A run's figures as event files for TensorBoard, by TorchSharp's <see cref="SummaryWriter"/>.</summary>
/// <param name="folder">Where they go.</param>
internal sealed class RunBoard(string folder)
{
    private const string EventFiles = "events.out.tfevents.*";

    // Made with the first epoch, so that a run that comes to nothing leaves none.
    private SummaryWriter? _writer;

    /// <summary>Adds an epoch; the first time, where the folder has nothing yet, those before it too.</summary>
    /// <param name="epochs">All epochs so far, the one to add last.</param>
    public void Add(IReadOnlyList<EpochRecord> epochs)
    {
        var isFirst = _writer is null && !(Directory.Exists(folder) && Directory.EnumerateFiles(folder, EventFiles).Any());
        _writer ??= utils.tensorboard.SummaryWriter(folder);
        foreach (var epoch in isFirst ? epochs : [epochs[^1]])
        {
            Add(epoch, _writer);
        }
    }

    private static void Add(EpochRecord epoch, SummaryWriter writer)
    {
        // What it takes by itself for the time is 1970. An int: TorchSharp's versions want a float or a long.
        var time = (int)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Write("loss/training", epoch.TrainingLoss);
        if (epoch.ValidationLoss is { } loss)
        {
            Write("loss/validation", loss);
        }

        Write("learning rate", epoch.LearningRate);
        foreach (var metric in epoch.Metrics)
        {
            Write($"validation/{metric.Name}", metric.Value);
        }

        void Write(string tag, double value) => writer.add_scalar(tag, (float)value, epoch.Epoch, time);
    }
}
