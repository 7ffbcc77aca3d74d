namespace DenseNetSharp.Training;

/// <summary>The same rate at every step.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    private protected override string Text => "constant";

    private protected override double Rate(double baseRate, long step, TrainingLength length) => baseRate;
}
