using System.Globalization;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>
/// The rate times <see cref="Factor"/> whenever the run's metric has not improved for more than <see cref="Patience"/> epochs:
/// <c>torch.optim.lr_scheduler.ReduceLROnPlateau</c>, stepping after each epoch that ends after the warm-up.
/// </summary>
/// <remarks>It depends on what the epochs come to, so <see cref="LearningRateSchedule.RateAt"/> gives the rate before any reduction;
/// <see cref="Next"/> gives the reduced one.</remarks>
public sealed record PlateauSchedule : LearningRateSchedule
{
    /// <summary>A smaller change of the rate is none (PyTorch's <c>eps</c>).</summary>
    private const double LeastChange = 1e-8;

    /// <summary>What the rate is multiplied by: above 0 and below 1 (<c>factor</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is 0 or less, 1 or more, or no number.</exception>
    [JsonRequired]
    public double Factor
    {
        get;
        init => field = value is > 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Factor), value, $"{nameof(Factor)} is above 0 and below 1.");
    } = 0.1;

    /// <summary>The epochs in a row that may bring no improvement; the next one lowers the rate (<c>patience</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    [JsonRequired]
    public int Patience
    {
        get;
        init => field = NotNegative(value, nameof(Patience));
    } = 10;

    /// <summary>By how much a value must be better than the best so far, to be an improvement (<c>threshold</c>); finite and not
    /// negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, infinite or no number.</exception>
    [JsonRequired]
    public double Threshold
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threshold), value, $"{nameof(Threshold)} is finite and not negative.");
    } = 1e-4;

    /// <summary>Whether that is a share of the best value or a difference (<c>threshold_mode</c>).</summary>
    [JsonRequired]
    public PlateauThreshold ThresholdMode { get; init; }

    /// <summary>The epochs after a reduction in which none is counted as without improvement (<c>cooldown</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    [JsonRequired]
    public int Cooldown
    {
        get;
        init => field = NotNegative(value, nameof(Cooldown));
    }

    /// <summary>The rate below which none is reduced (<c>min_lr</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    [JsonRequired]
    public double MinimumRate
    {
        get;
        init => field = ScheduleValue.Rate(value, nameof(MinimumRate));
    }

    private protected override string Text => string.Create(
        CultureInfo.InvariantCulture, $"times {Factor} after more than {Patience} {(Patience == 1 ? "epoch" : "epochs")} without improvement");

    /// <summary>Where the schedule is once another epoch has ended (<c>scheduler.step(value)</c>).</summary>
    /// <param name="state">Where it was; with the optimizer's own rate and nothing else where it begins.</param>
    /// <param name="value">What the epoch came to. NaN is no improvement.</param>
    /// <param name="higherIsBetter">Whether a higher value is a better one (<c>mode="max"</c>).</param>
    public PlateauState Next(PlateauState state, double value, bool higherIsBetter)
    {
        ArgumentNullException.ThrowIfNull(state);
        var isBetter = IsBetter(value, state.Best ?? (higherIsBetter ? double.NegativeInfinity : double.PositiveInfinity), higherIsBetter);
        var isCooling = state.CooldownLeft > 0;
        var bad = isBetter || isCooling ? 0 : state.BadEpochs + 1;
        var next = state with
        {
            Best = isBetter ? value : state.Best,
            BadEpochs = bad,
            CooldownLeft = isCooling ? state.CooldownLeft - 1 : 0,
        };
        if (bad <= Patience)
        {
            return next;
        }

        var reduced = Math.Max(state.Rate * Factor, MinimumRate);
        return next with { Rate = state.Rate - reduced > LeastChange ? reduced : state.Rate, BadEpochs = 0, CooldownLeft = Cooldown };
    }

    private protected override double Rate(double baseRate, long step, TrainingLength length) => baseRate;

    private bool IsBetter(double value, double best, bool higherIsBetter) => (ThresholdMode, higherIsBetter) switch
    {
        (PlateauThreshold.Relative, false) => value < best * (1 - Threshold),
        (PlateauThreshold.Relative, true) => value > best * (Threshold + 1),
        (_, false) => value < best - Threshold,
        (_, true) => value > best + Threshold,
    };

    private static int NotNegative(int value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is 0 or more.");
}
