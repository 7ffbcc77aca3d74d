using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>A network with what it takes to go from an image to named predictions.</summary>
/// <remarks>
/// The network stays the caller's. Calls on several threads may overlap where the network allows it; a DenseNet does as
/// long as nobody trains it.
/// </remarks>
public sealed class ImageClassifier
{
    private readonly IImageNetwork _network;

    /// <summary>Puts a network, its preprocessing and its classes together.</summary>
    /// <param name="network">The network.</param>
    /// <param name="preset">How its images are prepared; torchvision's ImageNet preset if null.</param>
    /// <param name="labels">The classes' names, one an output; null for none.</param>
    /// <param name="task">Whether the classes exclude each other.</param>
    /// <param name="thresholds">The probability from which on a class counts as found, one a class; 0.5 for all if null.</param>
    /// <exception cref="ArgumentException">There are not as many labels or thresholds as classes, or the preset makes
    /// images of other channels than the network takes.</exception>
    public ImageClassifier(
        IImageNetwork network,
        ImagePreset? preset = null,
        IReadOnlyList<string>? labels = null,
        ClassificationTask task = ClassificationTask.Multiclass,
        IReadOnlyList<float>? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        preset ??= ImagePreset.TorchvisionImageNet;
        ClassificationResult.RequireOnePerClass(labels?.Count, "labels", network.NumClasses, nameof(labels));
        ClassificationResult.RequireOnePerClass(thresholds?.Count, "thresholds", network.NumClasses, nameof(thresholds));
        RequireSameChannels(network, preset);
        (_network, Preset, Labels, Task, Thresholds) = (network, preset, labels?.ToArray(), task, thresholds?.ToArray());
    }

    /// <summary>How images are prepared.</summary>
    public ImagePreset Preset { get; }

    /// <summary>The classes' names, or null.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>Whether the classes exclude each other.</summary>
    public ClassificationTask Task { get; }

    /// <summary>Each class's own threshold, or null.</summary>
    public IReadOnlyList<float>? Thresholds { get; }

    /// <summary>How files, streams and bytes are decoded.</summary>
    public ImageDecodeOptions DecodeOptions { get; init; } = ImageDecodeOptions.Default;

    /// <summary>Classifies an image file.</summary>
    /// <param name="path">The file: JPEG, PNG, WebP or what a registered decoder knows.</param>
    /// <returns>Its probabilities: <c>classifier.Classify("dog.jpg").Top(5)</c>.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    public ClassificationResult Classify(string path) => Classify(RgbImage.Load(path, DecodeOptions));

    /// <summary>Reads a stream to its end and classifies it as one image.</summary>
    /// <param name="stream">A readable stream; it is not disposed.</param>
    /// <inheritdoc cref="Classify(string)"/>
    public ClassificationResult Classify(Stream stream) => Classify(RgbImage.Load(stream, DecodeOptions));

    /// <summary>Classifies an image that is in memory, encoded.</summary>
    /// <param name="file">The bytes of a whole image file.</param>
    /// <inheritdoc cref="Classify(string)"/>
    public ClassificationResult Classify(ReadOnlySpan<byte> file) => Classify(RgbImage.Decode(file, DecodeOptions));

    /// <summary>Classifies pixels.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    public ClassificationResult Classify(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Classify([image])[0];
    }

    /// <summary>Classifies images in one forward pass.</summary>
    /// <param name="images">The images; after the preset's steps all must have one size.</param>
    /// <returns>One result an image.</returns>
    /// <exception cref="ArgumentException">The images come out at different sizes, or too small for the network.</exception>
    public IReadOnlyList<ClassificationResult> Classify(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            return [];
        }
        ImageSize size = Preset.OutputSize(images[0].Height, images[0].Width);
        var pixels = new float[checked(images.Count * Preset.Channels * size.Height * size.Width)];
        Preset.Apply(images, pixels);
        return Predict(pixels, images.Count, size, CancellationToken.None);
    }

    /// <summary>
    /// Classifies many files: worker threads decode and prepare the next batch while the network works on this one. A
    /// file that is no image is reported in its place and stops nothing.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">Batch size, workers, and decoding if other than <see cref="DecodeOptions"/>; null for the
    /// defaults.</param>
    /// <param name="cancellation">Ends the work at the latest after the batch under way.</param>
    /// <returns>One item a file, in the files' order, as they get ready; enumerating does the work.</returns>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<ClassifiedFile> ClassifyFiles(
        IEnumerable<string> paths, ImageBatchOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new ImageBatchOptions();
        options = options with { Decode = options.Decode ?? DecodeOptions };
        return ClassifyBatches(ImageBatch.Load(paths, Preset, options, cancellation), cancellation);
    }

    /// <summary>Refuses a preset that makes images of other channels than a network takes.</summary>
    /// <param name="network">The network.</param>
    /// <param name="preset">The preset.</param>
    /// <exception cref="ArgumentException">It does; the message names both numbers.</exception>
    public static void RequireSameChannels(IImageNetwork network, ImagePreset preset)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(preset);
        if (preset.Channels != network.InputChannels)
        {
            throw new ArgumentException(
                $"The preset '{preset.Name}' makes images of {preset.Channels} channels, but the network takes {network.InputChannels}.",
                nameof(preset));
        }
    }

    private IEnumerable<ClassifiedFile> ClassifyBatches(
        IEnumerable<ImageBatch<string>> batches, CancellationToken cancellation)
    {
        foreach (ImageBatch<string> batch in batches)
        {
            ClassifiedFile[] files;
            using (batch)
            {
                cancellation.ThrowIfCancellationRequested();
                files = Classify(batch, cancellation);
            }
            foreach (ClassifiedFile file in files)
            {
                yield return file;
            }
        }
    }

    private ClassifiedFile[] Classify(ImageBatch<string> batch, CancellationToken cancellation)
    {
        IReadOnlyList<ClassificationResult> results = [];
        Exception? refusal = null;
        if (batch.Count > 0)
        {
            try
            {
                results = Predict(batch.Pixels, batch.Count, batch.Size, cancellation);
            }
            catch (ArgumentException exception)
            {
                // Too small for the network: possible only where the preset leaves images their own sizes.
                refusal = exception;
            }
        }
        return batch.Items
            .Select(item => new ClassifiedFile(
                item.Source, item.Row is { } row && refusal is null ? results[row] : null, item.Error ?? refusal))
            .ToArray();
    }

    private ClassificationResult[] Predict(
        ReadOnlySpan<float> pixels, int count, ImageSize size, CancellationToken cancellation)
    {
        int classes = _network.NumClasses;
        var logits = new float[count * classes];
        _network.Predict(pixels, count, size.Height, size.Width, logits, cancellation);
        var results = new ClassificationResult[count];
        for (int i = 0; i < count; i++)
        {
            results[i] = new ClassificationResult(logits.AsSpan(i * classes, classes), Labels, Task, Thresholds);
        }
        return results;
    }
}
