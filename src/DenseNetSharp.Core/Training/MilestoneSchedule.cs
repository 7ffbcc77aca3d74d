using System.Globalization;
using System.Text.Json.Serialization;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Training;

/// <summary>
/// The rate times <see cref="Gamma"/> at each of some epochs: <c>torch.optim.lr_scheduler.MultiStepLR</c>.
/// </summary>
public sealed record MilestoneSchedule : LearningRateSchedule
{
    private readonly ValueList<int> _epochs = new([]);
    private readonly double _gamma = 0.1;

    /// <summary>
    /// The epochs that begin with a lower rate, ascending, at least one and none below 1 (<c>milestones</c>): 30 for a
    /// decay when 30 epochs are done. The list is copied.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty, does not ascend, or has an epoch below 1.</exception>
    public required IReadOnlyList<int> Epochs
    {
        get => _epochs;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Epochs));
            var epochs = new ValueList<int>(value);
            _epochs = epochs.Count > 0 && epochs[0] >= 1 && epochs.Zip(epochs.Skip(1)).All(pair => pair.First < pair.Second)
                ? epochs
                : throw new ArgumentException($"Milestones are one or more epochs, ascending from 1, not {epochs}.", nameof(Epochs));
        }
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
        $"times {Gamma} after {(Epochs.Count == 1 ? "epoch" : "epochs")} {string.Join(", ", Epochs)}");

    private protected override double Rate(double baseRate, long step, TrainingLength length) =>
        baseRate * Math.Pow(Gamma, Epochs.Count(epoch => epoch <= step / length.StepsPerEpoch));
}
