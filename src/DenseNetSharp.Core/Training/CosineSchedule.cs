using System.Globalization;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>
/// The rate along half a cosine, down to <see cref="MinimumRate"/> at the run's end:
/// <c>torch.optim.lr_scheduler.CosineAnnealingLR</c> in its closed form, <c>T_max</c> being the run's steps.
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    private readonly double _minimumRate;

    /// <summary>The rate that the step after the last one would have (<c>eta_min</c>); a rate, not a share.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    [JsonRequired]
    public double MinimumRate
    {
        get => _minimumRate;
        init => _minimumRate = ScheduleValue.Rate(value, nameof(MinimumRate));
    }

    private protected override string Text =>
        MinimumRate == 0 ? "cosine" : string.Create(CultureInfo.InvariantCulture, $"cosine to {MinimumRate}");

    private protected override double Rate(double baseRate, long step, TrainingLength length) =>
        CosineAnnealing.Between(baseRate, MinimumRate, (double)step / length.TotalSteps);
}
