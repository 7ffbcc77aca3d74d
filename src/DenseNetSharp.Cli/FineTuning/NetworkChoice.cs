using DenseNetSharp.Architectures;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>Which network a command line trains, and on what.</summary>
internal sealed record NetworkChoice
{
    /// <summary>What --weights says for a network that begins with random weights.</summary>
    public const string NoWeights = "none";

    public string? Model { get; init; }

    public string? Weights { get; init; }

    /// <summary>A network of the command line's own, described by its parts; null where it has a name.</summary>
    public DenseNetSpec? Custom { get; init; }

    public string? Preset { get; init; }

    public int? Size { get; init; }

    public bool MemoryEfficient { get; init; }

    public required string Device { get; init; }
}
