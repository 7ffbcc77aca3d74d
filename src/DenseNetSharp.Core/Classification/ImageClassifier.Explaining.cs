using DenseNetSharp.Explanations;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

public sealed partial class ImageClassifier
{
    /// <summary>Shows which parts of an image file speak for a class.</summary>
    /// <param name="path">The file.</param>
    /// <inheritdoc cref="Explain(RgbImage, ExplanationOptions?, CancellationToken)"/>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
#pragma warning disable CS1573 // The options and the token are inherited.
    public Explanation Explain(string path, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
#pragma warning restore CS1573
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Explain(RgbImage.Load(path, DecodeOptions), options, cancellationToken);
    }

    /// <summary>Shows which parts of an image speak for a class.</summary>
    /// <param name="image">The image; it is kept, and not changed.</param>
    /// <param name="options">The class, the method and the layer; null for the likeliest class and the last maps.</param>
    /// <param name="cancellationToken">Ends the work before it begins, or where the network looks at it.</param>
    /// <returns>The predictions and the heat map, which is of the image as the preset prepares it, whatever
    /// <see cref="TestTimeAugmentation"/> is: <c>classifier.Explain("dog.jpg").Overlay().SavePng("why.png")</c>.</returns>
    /// <exception cref="ArgumentException">There is no such class or layer, the layer gives no maps, or the image comes out too small
    /// for the network.</exception>
    /// <exception cref="NotSupportedException">The network cannot be explained in this way; the message says which can.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public Explanation Explain(RgbImage image, ExplanationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        options ??= new ExplanationOptions();
        if (_network is not IExplainableNetwork network)
        {
            throw new NotSupportedException(_network is null
                ? "An ensemble has no heat map of its own; each of its members has one."
                : $"{_network.GetType().Name} gives scores alone and shows nothing of how it comes to them.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var size = Preset.OutputSize(image.Height, image.Width);
        var pixels = Preset.Apply(image);
        var result = Classify(image, cancellationToken);
        var scores = result.Logits;
        var index = options.ClassIndex ?? Enumerable.Range(0, scores.Count).MaxBy(i => scores[i]);
        return new Explanation(image, Preset, result, index, network.Explain(pixels, size, index, options.Method, options.Layer, cancellationToken));
    }
}
