using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The schedules that --schedule names.</summary>
internal static class ScheduleChoice
{
    private const string Constant = "constant", Step = "step", Cosine = "cosine", OneCycle = "one-cycle", Plateau = "plateau";

    public static IReadOnlyList<string> Names { get; } = [Constant, Step, Cosine, OneCycle, Plateau];

    /// <summary>The schedule of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="start">The recipe's schedule, or the continued run's: stays if it is of that name, and its warm-up stays.</param>
    /// <param name="epochs">The run's epochs.</param>
    /// <param name="isMomentumGiven">Whether the momentum is to be what was asked for, where a schedule would change it.</param>
    public static LearningRateSchedule Of(string name, LearningRateSchedule start, int epochs, bool isMomentumGiven)
    {
        var schedule = (name, start) switch
        {
            (Constant, ConstantSchedule) or (Step, StepDecaySchedule) or (Cosine, CosineSchedule) or (OneCycle, OneCycleSchedule)
                or (Plateau, PlateauSchedule) => start,
            (Constant, _) => new ConstantSchedule(),
            (Step, _) => new StepDecaySchedule { EveryEpochs = (epochs + 2) / 3 },
            (Cosine, _) => new CosineSchedule(),
            (OneCycle, _) => new OneCycleSchedule { CycleMomentum = !isMomentumGiven },
            (Plateau, _) => new PlateauSchedule(),
            _ => throw new ArgumentException($"There is no schedule {name}.", nameof(name)),
        };
        return schedule with { WarmupSteps = start.WarmupSteps, WarmupStartFactor = start.WarmupStartFactor };
    }
}
