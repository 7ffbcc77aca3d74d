using System.Runtime.InteropServices;
using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Predictions without tensors, by networks of tensors.</summary>
internal static class TensorPrediction
{
    /// <summary>Refuses what does not suit a network, before anything is computed.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="features">The member that gives features, where there is no classifier.</param>
    /// <param name="nchw">The images, <c>[n, channels, height, width]</c>.</param>
    /// <param name="n">How many.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives the logits.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the spans overlap.</exception>
    /// <exception cref="InvalidOperationException">The network has no classifier.</exception>
    public static void Check(DenseNetSpec spec, string features, ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits)
    {
        if (spec.NumClasses == 0)
        {
            throw new InvalidOperationException($"The network has no classifier; {features} gives its features.");
        }

        PredictionSpans.RequireImages(spec, nchw, n, size);
        PredictionSpans.RequireRoom(nchw, logits, n, spec.NumClasses, nameof(logits));
    }

    /// <summary>Brings images to a network's device and dtype, and its logits back.</summary>
    /// <param name="weight">One of the network's weights.</param>
    /// <param name="nchw">The images, <c>[n, channels, height, width]</c>.</param>
    /// <param name="n">How many.</param>
    /// <param name="channels">Their channels.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives the logits, <c>[n, classes]</c>.</param>
    /// <param name="call">The network.</param>
    /// <param name="areSeen">Whether a hook sees the images or the logits, and so may keep them.</param>
    /// <exception cref="InsufficientMemoryException">The device has not enough memory for so many images.</exception>
    public static void Run(
        Tensor weight, ReadOnlySpan<float> nchw, int n, int channels, ImageSize size, Span<float> logits, Func<Tensor, Tensor> call, bool areSeen = false)
    {
        using var noGradients = inference_mode();
        try
        {
            using var images = ForwardHooks.Own(
                ImageTensors.Of(nchw, n, channels, size.Height, size.Width).to(weight.dtype, weight.device, disposeAfter: true), areSeen);
            using var output = ForwardHooks.Own(call(images), areSeen);
            using var floats = output.to(ScalarType.Float32);
            using var onHost = floats.cpu();
            using var values = onHost.contiguous();
            values.bytes.CopyTo(MemoryMarshal.AsBytes(logits));
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            throw OutOfMemory.InBatch(weight.device, n, size, exception);
        }
    }
}
