using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// A step from the pooled features to the logits: either a linear layer, the batch norms beside it folded into it, with or
/// without a ReLU; or what is applied to each value by itself.
/// </summary>
internal sealed class PackedHeadStep
{
    /// <summary>Values that the step gives.</summary>
    public required int Width { get; init; }

    /// <summary>The linear layer; null for a step in place.</summary>
    public PackedMatrix? Matrix { get; init; }

    /// <summary>What the linear layer's outputs are raised to: 0 for a ReLU, minus infinity for none.</summary>
    public float Floor { get; set; } = float.NegativeInfinity;

    /// <summary>A batch norm between two activations, which no linear layer takes in.</summary>
    public NormVectors? Norm { get; init; }

    /// <summary>The activation of a step in place without norm.</summary>
    public HeadLayerKind Activation { get; init; }
}
