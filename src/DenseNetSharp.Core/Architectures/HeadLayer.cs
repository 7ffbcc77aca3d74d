namespace DenseNetSharp.Architectures;

/// <summary>
/// One layer of a head of several layers, between the pooled features and the logits. A head is what
/// <see cref="DenseNetSpec.Head"/> lists, in order; the last is linear and gives the logits.
/// </summary>
public sealed record HeadLayer
{
    /// <summary>The module's name in the state dict, such as <c>classifier.1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required HeadLayerKind Kind { get; init; }

    /// <summary>Values that the layer takes; the same as <see cref="OutFeatures"/> but for a linear layer.</summary>
    public required int InFeatures { get; init; }

    /// <summary>Values that the layer gives.</summary>
    public required int OutFeatures { get; init; }

    /// <summary>Whether a linear layer has a bias.</summary>
    public bool HasBias { get; init; } = true;

    /// <summary>A batch norm's epsilon.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>A dropout's rate, in [0, 1].</summary>
    public double Rate { get; init; }
}
