namespace DenseNetSharp.Training;

/// <summary>An epoch's batches, of images or of their frozen features, and which of them a network can learn from.</summary>
internal sealed class EpochBatches(ImageLoader loader, FineTuningOptions options, Trainer trainer)
{
    /// <summary>Refuses a run of batches none of which the network can learn from; in training mode.</summary>
    /// <exception cref="ArgumentException">It can learn from none.</exception>
    public void RequireLearnable()
    {
        var size = loader.Preset.FixedOutputSize!.Value;
        if (Math.Min(options.BatchSize, loader.Dataset.Images.Count) == 1
            && !trainer.CanTrainOn([1, loader.Preset.Channels, size.Height, size.Width]))
        {
            throw new ArgumentException(
                $"Batches of one image of {size} give a batch norm one value a channel, from which it cannot learn statistics: take "
                + "larger batches or larger images, or freeze the features.");
        }
    }

    /// <summary>The batches from one on, each the caller's to dispose. Those without a readable image are left out.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="first">The batch to begin with.</param>
    /// <param name="features">The images' features; null for the images themselves.</param>
    public IEnumerable<EpochBatch> From(int epoch, int first, FrozenFeatures? features) =>
        features is null ? OfImages(epoch, first) : OfFeatures(epoch, first, features);

    private IEnumerable<EpochBatch> OfImages(int epoch, int first)
    {
        foreach (var batch in loader.TrainingBatches(options.Seed, epoch, first))
        {
            // One image may be left of a batch with unreadable ones, or of an epoch; the next epoch has it elsewhere.
            var isUsable = trainer.CanTrainOn(batch.Images.shape);
            var count = isUsable ? (int)batch.Images.size(0) : 0;
            yield return new EpochBatch(batch.Index, count, batch.Images, batch.Targets, IsFeatures: false);
        }
    }

    private IEnumerable<EpochBatch> OfFeatures(int epoch, int first, FrozenFeatures features)
    {
        var order = loader.TrainingOrder(options.Seed, epoch);
        foreach (var (index, places) in order.Chunk(options.BatchSize).Index().Skip(first))
        {
            if (features.Of(places) is var (indices, values))
            {
                var targets = loader.TargetsOf([.. indices.Select(place => loader.Dataset.Images[place])]);
                var count = trainer.CanTrainOn(values.shape) ? indices.Length : 0;
                yield return new EpochBatch(index, count, values.DetachFromDisposeScope(), targets.DetachFromDisposeScope(), IsFeatures: true);
            }
        }
    }
}
