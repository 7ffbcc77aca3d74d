using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet : IImageNetwork
{
    int IImageNetwork.InputChannels => Spec.InputChannels;

    int IImageNetwork.NumClasses => Spec.NumClasses;

    /// <summary>
    /// Computes the logits of a batch of images without tensors, without gradients, and in evaluation mode: a network that
    /// is in training mode is switched over first. The images go to the network's device and dtype.
    /// </summary>
    /// <param name="nchw">The normalised images, <c>[n, C, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="height">Their height in pixels.</param>
    /// <param name="width">Their width in pixels.</param>
    /// <param name="logits">Receives <c>[n, numClasses]</c>, before any softmax or sigmoid.</param>
    /// <param name="cancellation">Keeps the work from beginning; what has begun goes on to its end.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the images are too small for the network; nothing
    /// has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public void Predict(
        ReadOnlySpan<float> nchw, int n, int height, int width, Span<float> logits, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        RequireMinimumSize(height, width, parameter: null);
        var length = (Int128)n * Spec.InputChannels * height * width;
        if (nchw.Length != length)
        {
            throw new ArgumentException(
                $"[{n}, {Spec.InputChannels}, {height}, {width}] are {length} values, but there are {nchw.Length}.", nameof(nchw));
        }

        if (logits.Length != (long)n * Spec.NumClasses)
        {
            throw new ArgumentException(
                $"The logits of {n} images are {(long)n * Spec.NumClasses} values, but the span holds {logits.Length}.", nameof(logits));
        }

        using var use = _gate.Use();
        if (training)
        {
            eval();
        }

        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = classifier.weight;
        var images = ImageTensors.Of(nchw, n, Spec.InputChannels, height, width);
        var output = call(images.to(weight.dtype, weight.device)).to(ScalarType.Float32).cpu().contiguous();
        output.bytes.CopyTo(MemoryMarshal.AsBytes(logits));
    }
}
