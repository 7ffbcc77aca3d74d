using DenseNetSharp.Datasets;
using DenseNetSharp.Images;

namespace DenseNetSharp.Training;

/// <summary>Tells a <see cref="FineTuner"/>'s program how far the run is, and which images cannot be used.</summary>
internal sealed class RunReporter(FineTuner tuner, RunClock clock)
{
    private readonly Dictionary<string, ImageBatchItem<LabelledImage>> _unreadable = [];

    /// <summary>The images that cannot be used, each once.</summary>
    public IReadOnlyCollection<ImageBatchItem<LabelledImage>> Unreadable => _unreadable.Values;

    /// <summary>An image cannot be used; only the first time is it told.</summary>
    public void Note(ImageBatchItem<LabelledImage> unreadable)
    {
        if (_unreadable.TryAdd(unreadable.Source.Path, unreadable))
        {
            tuner.ImageUnreadable?.Invoke(unreadable);
        }
    }

    /// <summary>A batch has been trained on.</summary>
    /// <param name="state">The state after it.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="images">The batch's images.</param>
    public void Trained(RunState state, double rate, int images) => Advance(FineTuningPhase.Training, state, rate, images);

    /// <summary>A batch has been validated.</summary>
    /// <param name="state">The state after training.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="images">The batch's images.</param>
    public void Validated(RunState state, double rate, int images) => Advance(FineTuningPhase.Validating, state, rate, images);

    /// <summary>The features of a batch have been computed.</summary>
    /// <param name="state">The state all the while.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="images">The images so far.</param>
    /// <param name="totalImages">The images in all.</param>
    public void Cached(RunState state, double rate, int images, int totalImages) =>
        tuner.Progress?.Report(Progress(FineTuningPhase.CachingFeatures, state, rate) with
        {
            Images = images,
            TotalImages = totalImages,
            ImagesPerSecond = images / Math.Max(clock.LapSeconds, 1e-9),
            Remaining = null,
        });

    private void Advance(FineTuningPhase phase, RunState state, double rate, int images)
    {
        clock.Advance(images);
        tuner.Progress?.Report(Progress(phase, state, rate));
    }

    private FineTuningProgress Progress(FineTuningPhase phase, RunState state, double rate)
    {
        var (trained, trainingImages) = (state.Batch * tuner.Options.BatchSize, tuner.Training.Images.Count);
        return new FineTuningProgress
        {
            Phase = phase,
            Epoch = state.Epoch + 1,
            Epochs = tuner.Options.Epochs,
            Images = phase == FineTuningPhase.Validating ? clock.Images : Math.Min(trained, trainingImages),
            TotalImages = phase == FineTuningPhase.Validating ? tuner.Validation!.Images.Count : trainingImages,
            Loss = state.MeanLoss,
            LearningRate = rate,
            ImagesPerSecond = clock.ImagesPerSecond,
            Remaining = clock.Remaining(state.Epoch, state.Batch * (double)tuner.Options.BatchSize),
        };
    }
}
