using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>
/// Which learning rate each of the optimizer's steps takes, as a function of the step alone (but for <see cref="PlateauSchedule"/>).
/// Data only; two schedules of the same values are equal.
/// </summary>
/// <remarks>
/// The rates are those of <c>torch.optim.lr_scheduler</c> when its <c>step()</c> follows every step of the optimizer.
/// Step 0 is the first. With a warm-up they are those of <c>SequentialLR([LinearLR, schedule], [WarmupSteps])</c>: the
/// schedule's own steps and epochs count from the end of the warm-up, and it has the rest of the run.
/// <para>
/// JSON must have every value, for what a source-generated reader misses is zero to it, not the default. It lets the
/// <see cref="ArgumentException"/> of an impossible value through.
/// </para>
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(StepDecaySchedule), "step")]
[JsonDerivedType(typeof(MilestoneSchedule), "milestones")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(OneCycleSchedule), "one-cycle")]
[JsonDerivedType(typeof(PlateauSchedule), "plateau")]
public abstract record LearningRateSchedule
{
    private readonly long _warmupSteps;
    private readonly double _warmupStartFactor = 1.0 / 3;

    private protected LearningRateSchedule()
    {
    }

    /// <summary>
    /// The steps over which the rate first rises in equal parts to the schedule's initial one (<c>LinearLR</c>'s
    /// <c>total_iters</c>); 0 for no warm-up.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    [JsonRequired]
    public long WarmupSteps
    {
        get => _warmupSteps;
        init => _warmupSteps = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WarmupSteps), value, "A warm-up has 0 steps or more.");
    }

    /// <summary>
    /// Where the warm-up begins, as a share of the schedule's initial rate: above 0, at most 1 (<c>LinearLR</c>'s
    /// <c>start_factor</c>).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is 0 or less, above 1, or no number.</exception>
    [JsonRequired]
    public double WarmupStartFactor
    {
        get => _warmupStartFactor;
        init => _warmupStartFactor = ScheduleValue.PositiveShare(value, nameof(WarmupStartFactor));
    }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="baseRate">The optimizer's own rate, which the schedule scales; <see cref="OneCycleSchedule"/>'s peak.</param>
    /// <param name="step">The step in the whole run, from 0.</param>
    /// <param name="length">The whole run's length, warm-up included.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite, or the run has no such step.</exception>
    /// <exception cref="ArgumentException">The warm-up leaves nothing of the run.</exception>
    public double RateAt(double baseRate, long step, TrainingLength length)
    {
        ScheduleValue.Rate(baseRate, nameof(baseRate));
        CheckStep(step, length);
        var rest = AfterWarmup(length);
        return step < WarmupSteps
            ? InitialRate(baseRate) * (WarmupStartFactor + (1 - WarmupStartFactor) * step / WarmupSteps)
            : Rate(baseRate, step - WarmupSteps, rest);
    }

    /// <summary>The momentum of a step: SGD's <c>momentum</c>, Adam's first beta.</summary>
    /// <param name="step">The step in the whole run, from 0.</param>
    /// <param name="length">The whole run's length, warm-up included.</param>
    /// <returns>The momentum, during the warm-up the schedule's first; null where the optimizer keeps its own.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The run has no such step.</exception>
    /// <exception cref="ArgumentException">The warm-up leaves nothing of the run.</exception>
    public double? MomentumAt(long step, TrainingLength length)
    {
        CheckStep(step, length);
        return Momentum(Math.Max(step - WarmupSteps, 0), AfterWarmup(length));
    }

    /// <summary>Checks that a run has room for the schedule.</summary>
    /// <param name="length">The whole run's length, warm-up included.</param>
    /// <exception cref="ArgumentException">The warm-up leaves nothing of the run.</exception>
    public void CheckFits(TrainingLength length)
    {
        ArgumentNullException.ThrowIfNull(length);
        AfterWarmup(length);
    }

    /// <summary>The schedule in words: "cosine, 5 steps of warm-up".</summary>
    public sealed override string ToString() => WarmupSteps == 0
        ? Text
        : $"{Text}, {WarmupSteps} {(WarmupSteps == 1 ? "step" : "steps")} of warm-up";

    // What the schedule is but for its warm-up.
    private protected abstract string Text { get; }

    // Where the warm-up leads.
    private protected virtual double InitialRate(double baseRate) => baseRate;

    // Both count their steps from the end of the warm-up.
    private protected abstract double Rate(double baseRate, long step, TrainingLength length);

    private protected virtual double? Momentum(long step, TrainingLength length) => null;

    private static void CheckStep(long step, TrainingLength length)
    {
        ArgumentNullException.ThrowIfNull(length);
        if (step < 0 || step >= length.TotalSteps)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), step, $"The run's steps are 0 to {length.TotalSteps - 1}.");
        }
    }

    private TrainingLength AfterWarmup(TrainingLength length) => WarmupSteps < length.TotalSteps
        ? new TrainingLength(length.TotalSteps - WarmupSteps, length.StepsPerEpoch)
        : throw new ArgumentException(
            $"The warm-up of {WarmupSteps} steps must be shorter than the run, which has {length.TotalSteps}.",
            nameof(length));
}
