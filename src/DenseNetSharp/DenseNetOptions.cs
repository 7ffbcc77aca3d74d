using DenseNetSharp.Architectures;
using DenseNetSharp.Weights;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>How <see cref="DenseNetFactory"/> makes a network.</summary>
public sealed record DenseNetOptions
{
    /// <summary>Dropout rate after each dense layer, in [0, 1].</summary>
    public double DropRate { get; init; }

    /// <summary>Dropout rate between the pooled features and the classifier, in [0, 1]; timm's <c>drop_rate</c>. Null for the
    /// architecture's own, which is 0 for all that have a name.</summary>
    public double? ClassifierDropRate { get; init; }

    /// <summary>Channels of the images; null for the architecture's or the checkpoint's, 3 nearly everywhere. Weights that were trained on
    /// three are brought to another number as timm brings them (<see cref="StateDicts.InputChannels.WithInputChannels"/>): summed for one.</summary>
    public int? InputChannels { get; init; }

    /// <summary>The network of a checkpoint, for <see cref="DenseNetFactory.FromCheckpoint(string, int?, DenseNetOptions)"/>; null for the one
    /// that it fits. Where neither tensors nor the file tell which it is, as for a deep stem's pooling, it must be given.</summary>
    public DenseNetSpec? Spec { get; init; }

    /// <summary>The activation between the layers of a checkpoint's head of several, which a state dict does not name; null for ReLU.</summary>
    public HeadLayerKind? HeadActivation { get; init; }

    /// <summary>Whether the bottlenecks are recomputed in the backward pass: less memory, more time, the same numbers.</summary>
    public bool MemoryEfficient { get; init; }

    /// <summary>Whether a checkpoint is refused that has tensors which the network has no place for and which may change its results,
    /// such as a normalising wrapper's <c>mean</c>. False loads without them. What is missing is refused either way.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Where the network goes; null for the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Whether weights and maps lie in memory with their channels last (<see cref="DenseNet.ToChannelsLast"/>); null for where that is
    /// fastest: on CUDA devices.</summary>
    public bool? ChannelsLast { get; init; }

    /// <summary>How pretrained weights are fetched and where they are kept; null for the defaults.</summary>
    public WeightsDownloadOptions? Download { get; init; }
}
