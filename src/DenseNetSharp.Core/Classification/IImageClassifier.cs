using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>What a program asks of a classifier: an <see cref="ImageClassifier"/>, or one that a service keeps and replaces while it runs.
/// </summary>
/// <remarks>Any number of threads may call at the same time.</remarks>
public interface IImageClassifier
{
    /// <summary>How images are prepared.</summary>
    ImagePreset Preset { get; }

    /// <summary>The classes' names, or null.</summary>
    IReadOnlyList<string>? Labels { get; }

    /// <summary>What the outputs mean: whether the classes exclude each other.</summary>
    ClassificationTask Task { get; }

    /// <summary>Each class's own threshold, or null.</summary>
    IReadOnlyList<float>? Thresholds { get; }

    /// <summary>Classifies pixels.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ClassificationResult Classify(RgbImage image, CancellationToken cancellationToken = default);

    /// <summary>Classifies an image that is in memory, encoded.</summary>
    /// <param name="file">The bytes of a whole image file.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    ClassificationResult Classify(ReadOnlySpan<byte> file, CancellationToken cancellationToken = default);

    /// <summary>Classifies pixels on the thread pool.</summary>
    /// <inheritdoc cref="Classify(RgbImage, CancellationToken)"/>
    Task<ClassificationResult> ClassifyAsync(RgbImage image, CancellationToken cancellationToken = default);

    /// <summary>Classifies, on the thread pool, an image that is in memory, encoded.</summary>
    /// <param name="file">The bytes of a whole image file, which nobody changes before the end.</param>
    /// <inheritdoc cref="Classify(ReadOnlySpan{byte}, CancellationToken)"/>
#pragma warning disable CS1573 // The token is inherited.
    Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default);

    /// <summary>Reads a stream to its end, asynchronously only, as a web request's body demands, and classifies it as one image on the
    /// thread pool.</summary>
    /// <param name="stream">A readable stream; it is not disposed.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="Classify(ReadOnlySpan{byte}, CancellationToken)"/>
    Task<ClassificationResult> ClassifyAsync(Stream stream, CancellationToken cancellationToken = default);
#pragma warning restore CS1573

    /// <summary>Shows, on the thread pool, which parts of an image speak for a class.</summary>
    /// <param name="image">The image; it is kept, and not changed.</param>
    /// <param name="options">The class, the method and the layer; null for the likeliest class and the last maps.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The predictions and the heat map.</returns>
    /// <exception cref="ArgumentException">There is no such class or layer, the layer gives no maps, or the image comes out too small
    /// for the network.</exception>
    /// <exception cref="NotSupportedException">The network cannot be explained in this way; the message says which can.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    Task<Explanation> ExplainAsync(RgbImage image, ExplanationOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Reads a stream to its end, asynchronously only, and shows, on the thread pool, which parts of the image speak for a
    /// class.</summary>
    /// <param name="stream">A readable stream; it is not disposed.</param>
    /// <exception cref="ImageFormatException">The bytes are no usable image.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="ExplainAsync(RgbImage, ExplanationOptions?, CancellationToken)"/>
#pragma warning disable CS1573 // The options and the token are inherited.
    Task<Explanation> ExplainAsync(Stream stream, ExplanationOptions? options = null, CancellationToken cancellationToken = default);
#pragma warning restore CS1573
}
