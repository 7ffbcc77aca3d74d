using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>Which optimizer a run has, and its constants. Data only.</summary>
public sealed record OptimizerSettings
{
    /// <summary>Its kind.</summary>
    [JsonRequired]
    public OptimizerKind Kind { get; init; } = OptimizerKind.Sgd;

    /// <summary>The learning rate that the schedule starts from or leads to, finite and not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, infinite or no number.</exception>
    [JsonRequired]
    public double LearningRate
    {
        get;
        init => field = ScheduleValue.Rate(value, nameof(LearningRate));
    } = 0.01;

    /// <summary>SGD's momentum, Adam's first beta; at least 0 and below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The momentum is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double Momentum
    {
        get;
        init => field = ScheduleValue.Momentum(value, nameof(Momentum));
    } = 0.9;

    /// <summary>Whether SGD's momentum looks ahead. Not for the others.</summary>
    [JsonRequired]
    public bool Nesterov { get; init; }

    /// <summary>Adam's second beta; at least 0 and below 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The beta is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double Beta2
    {
        get;
        init => field = ScheduleValue.Momentum(value, nameof(Beta2));
    } = 0.999;

    /// <summary>The weight decay, finite and not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The decay is negative, infinite or no number.</exception>
    [JsonRequired]
    public double WeightDecay
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WeightDecay), value, "Weight decay is finite and not negative.");
    } = 1e-4;

    /// <summary>Whether batch norms and biases decay too, as in torchvision's training; in timm's they do not.</summary>
    [JsonRequired]
    public bool DecayNormsAndBiases { get; init; } = true;
}
