using System.Globalization;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>
/// The rate up to a peak and down to almost nothing, the momentum the other way, each along half a cosine:
/// <c>torch.optim.lr_scheduler.OneCycleLR</c> (Smith and Topin, "Super-Convergence", arXiv 1708.07120) with two phases.
/// </summary>
/// <remarks>
/// The base rate is the peak (<c>max_lr</c>). A rise that ends at the very first step, where PyTorch divides by zero,
/// begins at the initial rate like any other; the next step is already past the peak.
/// </remarks>
public sealed record OneCycleSchedule : LearningRateSchedule
{
    private readonly double _pctStart = 0.3;
    private readonly double _divFactor = 25;
    private readonly double _finalDivFactor = 1e4;
    private readonly double _baseMomentum = 0.85;
    private readonly double _maxMomentum = 0.95;

    /// <summary>The share of the run in which the rate rises, from 0 to 1 (<c>pct_start</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is negative, above 1, or no number.</exception>
    [JsonRequired]
    public double PctStart
    {
        get => _pctStart;
        init => _pctStart = ScheduleValue.Share(value, nameof(PctStart));
    }

    /// <summary>The peak by the initial rate; positive (<c>div_factor</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or not finite.</exception>
    [JsonRequired]
    public double DivFactor
    {
        get => _divFactor;
        init => _divFactor = ScheduleValue.Divisor(value, nameof(DivFactor));
    }

    /// <summary>The initial rate by the last; positive (<c>final_div_factor</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or not finite.</exception>
    [JsonRequired]
    public double FinalDivFactor
    {
        get => _finalDivFactor;
        init => _finalDivFactor = ScheduleValue.Divisor(value, nameof(FinalDivFactor));
    }

    /// <summary>Whether the momentum changes too (<c>cycle_momentum</c>).</summary>
    [JsonRequired]
    public bool CycleMomentum { get; init; } = true;

    /// <summary>The momentum at the peak, at least 0 and below 1 (<c>base_momentum</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double BaseMomentum
    {
        get => _baseMomentum;
        init => _baseMomentum = ScheduleValue.Momentum(value, nameof(BaseMomentum));
    }

    /// <summary>The momentum at both ends, at least 0 and below 1 (<c>max_momentum</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double MaxMomentum
    {
        get => _maxMomentum;
        init => _maxMomentum = ScheduleValue.Momentum(value, nameof(MaxMomentum));
    }

    private protected override string Text =>
        string.Create(CultureInfo.InvariantCulture, $"one-cycle with its peak at {PctStart * 100:0.##}%");

    private protected override double InitialRate(double baseRate) => baseRate / DivFactor;

    private protected override double Rate(double baseRate, long step, TrainingLength length)
    {
        var initial = InitialRate(baseRate);
        return Cycle(step, length, initial, baseRate, initial / FinalDivFactor);
    }

    private protected override double? Momentum(long step, TrainingLength length) =>
        CycleMomentum ? Cycle(step, length, MaxMomentum, BaseMomentum, MaxMomentum) : null;

    private double Cycle(long step, TrainingLength length, double initial, double peak, double last)
    {
        // The peak may lie between two steps, or before the first.
        var peakStep = PctStart * length.TotalSteps - 1;
        if (step <= peakStep)
        {
            return CosineAnnealing.Between(initial, peak, peakStep > 0 ? step / peakStep : 0);
        }

        return CosineAnnealing.Between(peak, last, (step - peakStep) / (length.TotalSteps - 1 - peakStep));
    }
}
