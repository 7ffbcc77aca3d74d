namespace DenseNetSharp.Training;

/// <summary>The frozen features of one data set, kept for as long as nothing but the classifier is trained.</summary>
internal sealed class FeatureCache : IDisposable
{
    private readonly DenseNet _model;
    private readonly ImageLoader _loader;
    private readonly string? _file;
    private readonly bool _mayKeep;
    private FrozenFeatures? _features;

    private FeatureCache(FineTuner tuner, ImageLoader loader, string part, bool isSameEachEpoch)
    {
        (_model, _loader) = (tuner.Model, loader);
        _file = tuner.Options.FeatureCaching == FeatureCaching.Disk
            ? Path.Combine(tuner.FeatureFolder ?? tuner.Folder, $"features-{part}.cache")
            : null;
        // Dropout in the features would draw anew in every epoch.
        _mayKeep = tuner.Options.FeatureCaching != FeatureCaching.None && tuner.Model.Spec.DropRate == 0 && isSameEachEpoch;
    }

    /// <summary>For the training images: augmented or mixed, they are others in every epoch.</summary>
    public static FeatureCache OfTraining(FineTuner tuner, ImageLoader loader) =>
        new(tuner, loader, "training", isSameEachEpoch: loader.Augmentation is null && tuner.Options.MixupAlpha == 0);

    /// <summary>For the images held out.</summary>
    public static FeatureCache OfValidation(FineTuner tuner, ImageLoader loader) => new(tuner, loader, "validation", isSameEachEpoch: true);

    /// <summary>The features for an epoch: kept, or computed now; null where they may not be kept, and those kept are dropped.
    /// </summary>
    /// <param name="isClassifierOnly">Whether the classifier alone is trained in the epoch.</param>
    /// <param name="onProgress">Told while they are computed how many images are done, and of how many.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public FrozenFeatures? Enter(bool isClassifierOnly, Action<int, int> onProgress, CancellationToken cancellationToken)
    {
        if (isClassifierOnly && _mayKeep)
        {
            return _features ??= Compute(onProgress, cancellationToken);
        }

        Dispose();
        return null;
    }

    /// <summary>Drops what is kept.</summary>
    public void Dispose()
    {
        _features?.Dispose();
        _features = null;
    }

    private FrozenFeatures Compute(Action<int, int> onProgress, CancellationToken cancellationToken)
    {
        var done = 0;
        return FrozenFeatures.Compute(
            _model,
            _loader,
            _file,
            batch =>
            {
                done += batch.Items.Count + batch.Unreadable.Count;
                onProgress(done, _loader.Dataset.Images.Count);
            },
            cancellationToken);
    }
}
