using DenseNetSharp.Images;

namespace DenseNetSharp.Cli;

/// <summary>What <see cref="FoundModel"/> is to find.</summary>
internal sealed record ModelRequest
{
    /// <summary>The architecture; null for the weights' own, or the default.</summary>
    public string? Model { get; init; }

    /// <summary>A checkpoint file or the name of pretrained weights; null for the architecture's pretrained ones.</summary>
    public string? Weights { get; init; }

    /// <summary>A file of class names; null for the checkpoint's own.</summary>
    public string? LabelFile { get; init; }

    /// <summary>How images are to be prepared; null for the checkpoint's own way.</summary>
    public ImagePreset? Preset { get; init; }

    /// <summary>What helps where the preset makes other images than the network takes.</summary>
    public string PresetRemedy { get; init; } = "name another with --preset";
}
