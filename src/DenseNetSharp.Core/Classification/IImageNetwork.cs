using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>A network that scores images; an <see cref="ImageClassifier"/> makes predictions of its scores.</summary>
public interface IImageNetwork
{
    /// <summary>Channels of the images that it takes.</summary>
    int InputChannels { get; }

    /// <summary>Classes that it scores.</summary>
    int NumClasses { get; }

    /// <summary>Computes the scores of a batch of images, in evaluation mode.</summary>
    /// <param name="nchw">The prepared images, <c>[n, InputChannels, height, width]</c>.</param>
    /// <param name="n">How many images, at least 1.</param>
    /// <param name="size">Their size in pixels.</param>
    /// <param name="logits">Receives <c>[n, NumClasses]</c>, before any softmax or sigmoid.</param>
    /// <param name="cancellationToken">Ends the work, at the latest before the next batch.</param>
    /// <exception cref="ArgumentException">A length does not fit, or the images are too small for the network; nothing
    /// has been computed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    void Predict(ReadOnlySpan<float> nchw, int n, ImageSize size, Span<float> logits, CancellationToken cancellationToken = default);
}
