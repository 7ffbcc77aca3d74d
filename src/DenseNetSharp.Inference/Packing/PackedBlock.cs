namespace DenseNetSharp.Inference.Packing;

/// <summary>A dense block, its transition (none after the last), and how its feature maps lie in memory.</summary>
internal sealed class PackedBlock
{
    /// <summary>Channels that the block starts with.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels that the block ends with.</summary>
    public required int OutChannels { get; init; }

    /// <summary>
    /// From one pixel to the next in the block's buffer, in floats. Whole vectors are written, so that a layer's last one
    /// may reach into the channels of the next, which are written later, or beyond the last.
    /// </summary>
    public required int PixelStride { get; init; }

    public required PackedDenseLayer[] Layers { get; init; }

    public NormVectors? TransitionNorm { get; init; }

    public PackedMatrix? TransitionConvolution { get; init; }
}
