namespace DenseNetSharp.Checkpoints;

/// <summary>What a pickled module of PyTorch's own says of how it computes; null for what it does not say.</summary>
/// <param name="Epsilon">A normalisation's epsilon.</param>
/// <param name="KernelSize">A window's side; <see cref="Uneven"/> where the sides differ.</param>
/// <param name="Stride">The step of a window.</param>
/// <param name="Padding">The padding on each side.</param>
/// <param name="Dilation">The distance of a window's pixels.</param>
/// <param name="OutputSize">An adaptive pooling's result.</param>
internal sealed record ModuleSettings(double? Epsilon, int? KernelSize, int? Stride, int? Padding, int? Dilation, int? OutputSize)
{
    /// <summary>Stands for height and width that are not the same number.</summary>
    public const int Uneven = -1;

    /// <summary>What a convolution takes for the pixels outside, <c>zeros</c> for most.</summary>
    public string? PaddingMode { get; init; }

    /// <summary>Whether a pooling's windows may reach beyond the edge.</summary>
    public bool? CeilMode { get; init; }

    /// <summary>The dimension that a softmax adds up to 1.</summary>
    public long? Dimension { get; init; }
}
