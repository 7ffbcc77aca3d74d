namespace DenseNetSharp.Training;

/// <summary>How long a run is, in steps of the optimizer.</summary>
public sealed record TrainingLength
{
    /// <summary>A run that may end within an epoch.</summary>
    /// <param name="totalSteps">The optimizer's steps in the whole run, at least 1.</param>
    /// <param name="stepsPerEpoch">The steps of one pass over the training set, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is less.</exception>
    public TrainingLength(long totalSteps, long stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        TotalSteps = totalSteps;
        StepsPerEpoch = stepsPerEpoch;
    }

    /// <summary>The optimizer's steps in the whole run.</summary>
    public long TotalSteps { get; }

    /// <summary>The steps of one pass over the training set.</summary>
    public long StepsPerEpoch { get; }

    /// <summary>A run of whole epochs.</summary>
    /// <param name="epochs">The passes over the training set, at least 1.</param>
    /// <param name="stepsPerEpoch">The steps of each, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is less.</exception>
    /// <exception cref="OverflowException">The product exceeds a <see cref="long"/>.</exception>
    public static TrainingLength OfEpochs(int epochs, long stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        return new TrainingLength(checked(epochs * stepsPerEpoch), stepsPerEpoch);
    }
}
