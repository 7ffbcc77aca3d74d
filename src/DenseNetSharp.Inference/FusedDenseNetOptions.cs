using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference;

/// <summary>How an engine is loaded and runs.</summary>
public sealed record FusedDenseNetOptions
{
    /// <summary>The largest <see cref="MaxThreads"/>.</summary>
    public const int MostThreads = 1024;

    /// <summary>
    /// The most threads that compute at the same time, whatever the number of callers; null for one a processor. With 1
    /// a prediction runs on its caller's thread alone, and so does loading. From 1 to <see cref="MostThreads"/>; more than
    /// there are processors only slow it down.
    /// </summary>
    public int? MaxThreads { get; init; }

    /// <summary>The network; null to work it out from the checkpoint. Needed only for what no checkpoint tells, such as an epsilon of
    /// the batch norms that is not PyTorch's, a blurred or another global pooling, or TensorFlow's padding.</summary>
    public DenseNetSpec? Spec { get; init; }

    /// <summary>Whether a checkpoint is refused that has tensors which the network has no place for and which may change its results,
    /// such as a normalising wrapper's <c>mean</c>. False loads without them. What is missing is refused either way.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>The kernels to use; null for the best that the processor has.</summary>
    public FusedKernel? Kernel { get; init; }
}
