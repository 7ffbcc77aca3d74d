using System.Globalization;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>
/// The rate times <see cref="Gamma"/> after every so many epochs: <c>torch.optim.lr_scheduler.StepLR</c>.
/// </summary>
public sealed record StepDecaySchedule : LearningRateSchedule
{
    private readonly int _everyEpochs = 30;
    private readonly double _gamma = 0.1;

    /// <summary>The epochs of each rate, at least 1 (<c>step_size</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int EveryEpochs
    {
        get => _everyEpochs;
        init => _everyEpochs = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(EveryEpochs), value, "A rate lasts for 1 epoch or more.");
    }

    /// <summary>What the rate is multiplied by: above 0, at most 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is 0 or less, above 1, or no number.</exception>
    [JsonRequired]
    public double Gamma
    {
        get => _gamma;
        init => _gamma = ScheduleValue.PositiveShare(value, nameof(Gamma));
    }

    private protected override string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"times {Gamma} every {(EveryEpochs == 1 ? "epoch" : $"{EveryEpochs} epochs")}");

    private protected override double Rate(double baseRate, long step, TrainingLength length) =>
        baseRate * Math.Pow(Gamma, step / length.StepsPerEpoch / EveryEpochs);
}
