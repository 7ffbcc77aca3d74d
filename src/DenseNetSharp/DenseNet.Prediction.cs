using DenseNetSharp.Classification;
using DenseNetSharp.Images;

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
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives <c>[n, numClasses]</c>, before any softmax or sigmoid.</param>
    /// <param name="cancellationToken">Keeps the work from beginning; what has begun goes on to its end.</param>
    /// <exception cref="ArgumentException">A length does not fit, the images are too small for the network, or the
    /// spans overlap; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The network has no classifier: <see cref="PooledFeatures"/> is for it.</exception>
    /// <exception cref="InsufficientMemoryException">The device has not enough memory for so many images at once.</exception>
    public void Predict(
        ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TensorPrediction.Check(Spec, nameof(PooledFeatures), nchw, n, size, logits);
        using var use = _gate.Use();
        if (training)
        {
            eval();
        }

        TensorPrediction.Run(FirstWeight, nchw, n, Spec.InputChannels, size, logits, call, HasHooksOnEnds);
    }

    /// <summary>Whether a hook sees the images or the logits.</summary>
    private bool HasHooksOnEnds => ForwardHooks.See(this) || ForwardHooks.See(features) || _head.Layers.Any(ForwardHooks.See);
}
