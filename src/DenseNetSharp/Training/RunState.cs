using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>Where a run is: everything that decides how it goes on but the tensors. It knows nothing of them.</summary>
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

    /// <summary>Where a <see cref="PlateauSchedule"/> is; null before it has begun, and for other schedules.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlateauState? Plateau { get; init; }

    /// <summary>Epochs since the best one.</summary>
    public int EpochsWithoutImprovement { get; init; }

    /// <summary>The number of the best epoch, from 1; 0 before the first has ended.</summary>
    public int BestEpoch { get; init; }

    /// <summary>The epochs that have ended.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>The epochs, from 0, in which or before which the run was continued.</summary>
    public IReadOnlyList<int> ResumedIn { get; init; } = [];

    /// <summary>Whether a batch has been trained on, or an epoch has ended.</summary>
    [JsonIgnore]
    public bool HasBegun => Epochs.Count > 0 || Batch > 0;

    /// <summary>The mean loss of the epoch's images so far; NaN before the first.</summary>
    [JsonIgnore]
    public double MeanLoss => LossSum / Images;

    /// <summary>The state of a run that goes on, with other epochs or patience than before perhaps: what was done may go on.</summary>
    /// <param name="patience">The epochs without improvement after which the run ends; null for none.</param>
    /// <param name="epochs">The epochs of a run that does not end early; not fewer than have begun.</param>
    public RunState AfterResuming(int? patience, int epochs)
    {
        var resumed = Batch > 0 ? this : Ended(patience, epochs);
        return HasBegun && !resumed.IsDone ? resumed with { ResumedIn = [.. ResumedIn, Epoch] } : resumed;
    }

    /// <summary>The state once a batch of the epoch under way is done.</summary>
    /// <param name="index">The batch's number in the epoch, from 0; those before it that are left out count as done.</param>
    /// <param name="images">Its images that were trained on; 0 where none could be.</param>
    /// <param name="loss">Their mean loss; 0 where there were none.</param>
    /// <param name="seconds">What the batch took.</param>
    public RunState AfterBatch(int index, int images, double loss, double seconds) => this with
    {
        Batch = index + 1,
        LossSum = LossSum + loss * images,
        Images = Images + images,
        Seconds = Seconds + seconds,
    };

    /// <summary>The state once all of the epoch's batches are done, also where the last were left out; the epoch itself has yet
    /// to be validated.</summary>
    /// <param name="batches">The batches of an epoch.</param>
    public RunState AfterBatches(int batches) => this with { Batch = batches };

    /// <summary>The state once the epoch under way has ended. Its record is the best one's if <see cref="BestEpoch"/> says so.
    /// </summary>
    /// <param name="record">What the epoch came to.</param>
    /// <param name="ranking">Which epoch is the better.</param>
    /// <param name="patience">The epochs without improvement after which the run ends; null for none.</param>
    /// <param name="epochs">The epochs of a run that does not end early.</param>
    public RunState AfterEpoch(EpochRecord record, EpochRanking ranking, int? patience, int epochs)
    {
        var best = Epochs.FirstOrDefault(epoch => epoch.Epoch == BestEpoch);
        var isBest = best is null || ranking.IsBetter(record, best);
        var ended = this with
        {
            Epoch = record.Epoch,
            Batch = 0,
            LossSum = 0,
            Images = 0,
            Seconds = 0,
            Epochs = [.. Epochs, record],
            BestEpoch = isBest ? record.Epoch : BestEpoch,
            EpochsWithoutImprovement = isBest ? 0 : EpochsWithoutImprovement + 1,
        };
        return ended.Ended(patience, epochs);
    }

    /// <summary>The state between two epochs, done or not.</summary>
    private RunState Ended(int? patience, int epochs)
    {
        var isOutOfPatience = EpochsWithoutImprovement >= patience && Epoch < epochs;
        return this with { StoppedEarly = isOutOfPatience, IsDone = isOutOfPatience || Epoch == epochs };
    }

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
