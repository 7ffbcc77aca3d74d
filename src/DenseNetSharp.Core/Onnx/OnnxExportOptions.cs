using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Onnx;

/// <summary>How a network is written as ONNX. The defaults give PyTorch's network as it is, for any batch and any size of images.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The network; null to work it out from the checkpoint's shapes, and to take what the checkpoint or the <c>run.json</c>
    /// beside it says in place of <see cref="ClassNames"/>, <see cref="Preset"/>, <see cref="Task"/>, <see cref="Thresholds"/> and
    /// <see cref="Temperature"/> that are null (see <see cref="DescribedCheckpoint"/>). A model in memory knows its own.</summary>
    public DenseNetSpec? Spec { get; init; }

    /// <summary>Whether a checkpoint is refused that has tensors which the network has no place for and which may change its results.
    /// False exports without them. What is missing is refused either way.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>The only size of images that the graph takes; null for any. The number of images is never fixed.</summary>
    public ImageSize? Size { get; init; }

    /// <summary>What comes after the logits.</summary>
    public OnnxActivation Activation { get; init; }

    /// <summary>How images are prepared, which is written among the metadata.</summary>
    public ImagePreset? Preset { get; init; }

    /// <summary>Whether the graph takes 8-bit values, <c>[n, height, width, channels]</c>, and scales and normalises them itself as
    /// <see cref="Preset"/> does, to the same bits. The images must have been resized and cropped; for a preset that makes colour gray
    /// they have one channel.</summary>
    public bool IncludesPreprocessing { get; init; }

    /// <summary>Whether the weights of convolutions and linear layers are written in half precision, and brought back by a <c>Cast</c>
    /// each: half the file, and the same memory and time once it is loaded. Biases and batch norms stay in single precision.</summary>
    public bool Float16Weights { get; init; }

    /// <summary>Whether a batch norm that directly follows a convolution becomes part of its weights: a smaller graph, to which no
    /// training can go back.</summary>
    public bool FoldBatchNorms { get; init; }

    /// <summary>The classes' names in the order of the outputs, for the metadata.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What the outputs mean, for the metadata.</summary>
    public ClassificationTask? Task { get; init; }

    /// <summary>The probability from which on a class counts as found, one a class, for the metadata.</summary>
    public IReadOnlyList<float>? Thresholds { get; init; }

    /// <summary>What the logits are divided by before the <see cref="Activation"/>, in the graph, and for the metadata; null for the logits as
    /// they are. An output of logits is the network's in any case.</summary>
    public double? Temperature { get; init; }

    /// <summary>More metadata, which goes over the rest where it has the same keys.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
