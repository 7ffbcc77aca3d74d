using DenseNetSharp.Collections;

namespace DenseNetSharp.Reports;

/// <summary>What one epoch of training came to. Records of the same content are equal.</summary>
public sealed record EpochRecord
{
    private readonly ValueList<EpochMetric> _metrics = new([]);

    /// <summary>The epoch's number; whether the first is 0 or 1 is the caller's choice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public required int Epoch
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Epoch));
            field = value;
        }
    }

    /// <summary>The learning rate of the epoch.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The mean training loss; not a number or infinite where training diverged.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>The mean validation loss; null where the epoch was not validated.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The validation's figures, in the order in which they are to be shown. The list is copied.</summary>
    /// <exception cref="ArgumentException">Two have the same name.</exception>
    public IReadOnlyList<EpochMetric> Metrics
    {
        get => _metrics;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Metrics));
            var metrics = new ValueList<EpochMetric>(value);
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var metric in metrics)
            {
                ArgumentNullException.ThrowIfNull(metric, nameof(Metrics));
                if (!names.Add(metric.Name))
                {
                    throw new ArgumentException($"An epoch has two metrics named {metric.Name}.", nameof(Metrics));
                }
            }

            _metrics = metrics;
        }
    }

    /// <summary>How long the epoch took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>A metric's value; null where the epoch has none of that name.</summary>
    /// <param name="name">The metric's name, compared ordinally.</param>
    public double? Metric(string name) => _metrics.FirstOrDefault(metric => metric.Name == name)?.Value;
}
