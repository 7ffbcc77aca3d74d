using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>Where a run is: everything that decides how it goes on but the tensors.</summary>
internal sealed record RunState
{
    private const string MetadataKey = "state";

    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The epoch under way, from 0; the number of epochs once all have ended.</summary>
    public int Epoch { get; init; }

    /// <summary>The next batch of that epoch.</summary>
    public int Batch { get; init; }

    /// <summary>Whether there is nothing left to do.</summary>
    public bool IsDone { get; init; }

    /// <summary>Whether the run ended for want of improvement.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Steps of the optimizer.</summary>
    public long Steps { get; init; }

    /// <summary>Batches whose gradients wait for a step.</summary>
    public int Accumulated { get; init; }

    /// <summary>Updates of the weights' average.</summary>
    public long AverageUpdates { get; init; }

    /// <summary>The sum of the losses of the epoch's images so far.</summary>
    public double LossSum { get; init; }

    /// <summary>The epoch's images so far.</summary>
    public int Images { get; init; }

    /// <summary>The seconds that the epoch has taken so far.</summary>
    public double Seconds { get; init; }

    /// <summary>Epochs since the best one.</summary>
    public int EpochsWithoutImprovement { get; init; }

    /// <summary>The number of the best epoch, from 1; 0 before the first has ended.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The epochs that have ended.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>The state and the run's description as metadata.</summary>
    public Dictionary<string, string> ToMetadata(RunDescription description) =>
        new(description.ToMetadata()) { [MetadataKey] = JsonSerializer.Serialize(this, Json) };

    /// <summary>Reads the state.</summary>
    /// <exception cref="InvalidDataException">The checkpoint holds no state.</exception>
    public static RunState Of(Checkpoint checkpoint)
    {
        try
        {
            return checkpoint.Metadata.TryGetValue(MetadataKey, out var json) && JsonSerializer.Deserialize<RunState>(json, Json) is { } state
                ? state
                : throw new InvalidDataException($"{checkpoint.Path} is not the state of a run.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Path} is damaged: {exception.Message}"), exception);
        }
    }
}
