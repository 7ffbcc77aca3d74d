using System.Text.Json.Serialization;

namespace DenseNetSharp.Training;

/// <summary>How a checkpoint was trained, as far as <c>run.json</c> says it.</summary>
public sealed record TrainingDescription
{
    /// <summary>The options, the seed among them.</summary>
    public required FineTuningOptions Options { get; init; }

    /// <summary>Whether an augmentation of the program's own took the place of the options'.</summary>
    [JsonRequired]
    public bool HasOwnAugmentation { get; init; }

    /// <summary>The number of training images.</summary>
    [JsonRequired]
    public int TrainingImages { get; init; }

    /// <summary>The number of images held out for validation; 0 for none.</summary>
    [JsonRequired]
    public int ValidationImages { get; init; }

    /// <summary>Which images they are, in which order, with which classes: a SHA-256 over file names and classes.</summary>
    public required string Images { get; init; }

    /// <summary>The versions of what computed: DenseNetSharp, TorchSharp, .NET and the operating system.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The epochs done.</summary>
    [JsonRequired]
    public int EpochsDone { get; init; }

    /// <summary>The batches done of the epoch under way.</summary>
    public int BatchesDone { get; init; }

    /// <summary>Whether anything has been learned yet.</summary>
    [JsonIgnore]
    public bool HasBegun => EpochsDone > 0 || BatchesDone > 0;

    /// <summary>The epoch, from 1, whose weights <c>best.pth</c> has; null before the first has ended.</summary>
    [JsonRequired]
    public int? BestEpoch { get; init; }

    /// <summary>What else the program that trained says of the run, such as the weights that it began with; null for nothing.
    /// A run that goes on keeps its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Notes { get; init; }
}
