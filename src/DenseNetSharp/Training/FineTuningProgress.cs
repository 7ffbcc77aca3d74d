namespace DenseNetSharp.Training;

/// <summary>How far a run is. Reported after every batch, on the thread that trains.</summary>
public sealed record FineTuningProgress
{
    /// <summary>What is going on.</summary>
    public required FineTuningPhase Phase { get; init; }

    /// <summary>The epoch under way, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The epochs in all.</summary>
    public required int Epochs { get; init; }

    /// <summary>The images that the phase has dealt with in this epoch.</summary>
    public required int Images { get; init; }

    /// <summary>The images that the phase deals with in an epoch.</summary>
    public required int TotalImages { get; init; }

    /// <summary>The mean training loss of the epoch so far; NaN before the first batch.</summary>
    public required double Loss { get; init; }

    /// <summary>The learning rate of the step that came last, or that comes first.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Images a second in this phase and epoch.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>About how long the rest of the run takes, were all its epochs to come; null while that is not known.</summary>
    public TimeSpan? Remaining { get; init; }
}

/// <summary>What a run does.</summary>
public enum FineTuningPhase
{
    /// <summary>Computes the outputs of frozen features, once.</summary>
    CachingFeatures,

    /// <summary>Trains.</summary>
    Training,

    /// <summary>Measures the network on the images held out.</summary>
    Validating,
}
