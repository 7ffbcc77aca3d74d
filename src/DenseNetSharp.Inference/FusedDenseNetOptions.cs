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

    /// <summary>The network; null to work it out from the checkpoint's shapes. Needed where neither
    /// shapes nor file tell which it is, as for a deep stem's pooling or an epsilon that is not PyTorch's.</summary>
    public DenseNetSpec? Spec { get; init; }

    /// <summary>Channels of the images; null for the network's. Weights that were trained on three are brought to another number as timm
    /// brings them (<see cref="StateDicts.InputChannels.WithInputChannels"/>): summed for one.</summary>
    public int? InputChannels { get; init; }

    /// <summary>The activation between the layers of a head of several, which a state dict does not name; null for ReLU.</summary>
    public HeadLayerKind? HeadActivation { get; init; }

    /// <summary>Whether a checkpoint is refused that has tensors which the network has no place for and which may change its results,
    /// such as a normalising wrapper's <c>mean</c>. False loads without them. What is missing is refused either way.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>The kernels to use; null for the best that the processor has.</summary>
    public FusedKernel? Kernel { get; init; }
}
