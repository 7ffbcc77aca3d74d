using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Models;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>What a command line's training begins with, and on what it runs.</summary>
internal sealed record StartChoice
{
    /// <summary>What --weights says for a network that begins with random weights.</summary>
    public const string NoWeights = "none";

    public required CheckpointRequest Checkpoint { get; init; }

    /// <summary>A network of the command line's own, described by its parts; null where it has a name.</summary>
    public DenseNetSpec? Custom { get; init; }

    /// <summary>What is to be said of the choice once the run begins; null for nothing.</summary>
    public string? Remark { get; init; }

    public bool MemoryEfficient { get; init; }

    /// <summary>Whether weights and maps lie with their channels last; null for where that is fastest.</summary>
    public bool? ChannelsLast { get; init; }

    public required string Device { get; init; }
}
