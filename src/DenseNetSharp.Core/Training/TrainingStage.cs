using System.Text.Json.Serialization;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Training;

/// <summary>Parts of a network, from when on they are trained, and how fast. Data only.</summary>
public sealed record TrainingStage
{
    private readonly ValueList<string> _modules = new([]);

    /// <summary>The parts: modules' names as in the state dict, such as <c>classifier</c> or <c>features.denseblock4</c>;
    /// everything below a name is meant. The list is copied.</summary>
    /// <exception cref="ArgumentException">There is none, or one is empty.</exception>
    public required IReadOnlyList<string> Modules
    {
        get => _modules;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Modules));
            _modules = value.Count > 0 && !value.Any(string.IsNullOrEmpty)
                ? new ValueList<string>(value)
                : throw new ArgumentException("A stage names one module or more.", nameof(Modules));
        }
    }

    /// <summary>The epoch, from 0, from which on they are trained.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    [JsonRequired]
    public int FromEpoch
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(FromEpoch));
            field = value;
        }
    }

    /// <summary>What their learning rate is of the schedule's; finite and not negative.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative, infinite or no number.</exception>
    [JsonRequired]
    public double LearningRateFactor
    {
        get;
        init => field = ScheduleValue.Rate(value, nameof(LearningRateFactor));
    } = 1;
}
