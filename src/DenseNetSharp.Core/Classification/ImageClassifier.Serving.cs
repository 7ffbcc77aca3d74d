using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

// What services ask for beside the rest: IImageClassifier.
public sealed partial class ImageClassifier : IImageClassifier
{
    /// <inheritdoc/>
    public Task<ClassificationResult> ClassifyAsync(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return System.Threading.Tasks.Task.Run(() => Classify(image, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ClassificationResult> ClassifyAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default) =>
        System.Threading.Tasks.Task.Run(() => Classify(file.Span, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<Explanation> ExplainAsync(RgbImage image, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return System.Threading.Tasks.Task.Run(() => Explain(image, options, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Explanation> ExplainAsync(Stream stream, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return System.Threading.Tasks.Task.Run(
            async () => Explain(
                await RgbImage.LoadAsync(stream, DecodeOptions, cancellationToken).ConfigureAwait(false), options, cancellationToken),
            cancellationToken);
    }
}
