using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.Models;

/// <summary>Which checkpoint a command line asks for, and what it says over the checkpoint's own description.</summary>
internal sealed record CheckpointRequest
{
    /// <summary>The architecture; null for the weights' own, or the default.</summary>
    public string? Model { get; init; }

    /// <summary>A checkpoint file or the name of pretrained weights; null for the architecture's pretrained ones.</summary>
    public string? Weights { get; init; }

    /// <summary>A file of class names; null for the checkpoint's own.</summary>
    public string? LabelFile { get; init; }

    /// <summary>How images are prepared.</summary>
    public PresetChoice Preset { get; init; } = PresetChoice.Own;

    /// <summary>Whether a network for colour images is brought to the channels that --channels names, to learn from such images; else
    /// images are made to fit the network.</summary>
    public bool ConvertsChannels { get; init; }

    /// <summary>What the outputs mean; null for what the checkpoint or its description says.</summary>
    public ClassificationTask? Task { get; init; }

    /// <summary>The activation between the layers of a head of several, in place of the ReLU that is assumed; null for that.</summary>
    public HeadLayerKind? HeadActivation { get; init; }

    /// <summary>Whether tensors that the network has no place for, and that may change results, are refused.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Whether the features are all that is wanted, so that the checkpoint needs no classifier.</summary>
    public bool FeaturesOnly { get; init; }

    /// <summary>What helps where the preset makes other images than the network takes.</summary>
    public string PresetRemedy { get; init; } = "name another with --preset";
}
