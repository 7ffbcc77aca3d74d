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
    /// <exception cref="ArgumentException">A length does not fit, or the images are too small for the network; nothing
    /// has been computed.</exception>
    public void Predict(ReadOnlySpan<float> nchw, int n, int height, int width, Span<float> logits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var minimum = Spec.MinimumInputSize;
        if (height < minimum || width < minimum)
        {
            throw new ArgumentException($"Images must be at least {minimum}x{minimum}, but got {height}x{width} (height x width).");
        }

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

        if (training)
        {
            eval();
        }

        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = classifier.weight;
        var images = empty([n, Spec.InputChannels, height, width], dtype: ScalarType.Float32);
        var imageLength = nchw.Length / n;
        for (var i = 0; i < n; i++)
        {
            // Image by image: a tensor's bytes as one span end at 2 GiB.
            MemoryMarshal.AsBytes(nchw.Slice(i * imageLength, imageLength)).CopyTo(images.narrow(0, i, 1).bytes);
        }

        var output = call(images.to(weight.dtype, weight.device)).to(ScalarType.Float32).cpu().contiguous();
        output.bytes.CopyTo(MemoryMarshal.AsBytes(logits));
    }
}
