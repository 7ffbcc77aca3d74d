using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Models;

/// <summary>A checkpoint's network in memory, on the engine that was asked for.</summary>
/// <param name="Checkpoint">The checkpoint, and what goes with it.</param>
/// <param name="Network">The network; disposed with this.</param>
internal sealed record LoadedNetwork(FoundCheckpoint Checkpoint, IImageNetwork Network) : IDisposable
{
    /// <summary>The network with all that the checkpoint says of its images and outputs.</summary>
    /// <param name="reading">How image files are read.</param>
    /// <param name="task">What the outputs mean, if it is not as the checkpoint says.</param>
    public ImageClassifier Classifier(ImageReading reading, ClassificationTask? task = null) =>
        new(Network, Checkpoint.Preset, Checkpoint.Labels, task ?? Checkpoint.Task, Checkpoint.Thresholds)
        {
            Temperature = Checkpoint.Temperature,
            DecodeOptions = reading.Decode,
        };

    public void Dispose() => (Network as IDisposable)?.Dispose();
}
