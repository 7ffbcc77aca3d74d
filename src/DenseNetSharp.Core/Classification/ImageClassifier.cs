using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>A network, or several as one (<see cref="ClassifierEnsemble"/>), with what it takes to go from an image to named predictions.
/// </summary>
/// <remarks>
/// The network stays the caller's, and there is nothing to dispose, unless <see cref="OwnsNetwork"/> says otherwise, as it does
/// where a classifier was loaded from a checkpoint. Calls on several threads may overlap where the network allows it; a DenseNet
/// does as long as nobody trains it.
/// </remarks>
public sealed partial class ImageClassifier : IDisposable
{
    private readonly IImageNetwork? _network;
    private readonly IReadOnlyList<IDisposable> _owned;

    /// <summary>Puts a network, its preprocessing and its classes together.</summary>
    /// <param name="network">The network.</param>
    /// <param name="preset">How its images are prepared; torchvision's ImageNet preset if null.</param>
    /// <param name="labels">The classes' names, one an output; null for none.</param>
    /// <param name="task">What the outputs mean; null for a sigmoid where there is one output, which a softmax would always give 100%,
    /// and else for classes that exclude each other.</param>
    /// <param name="thresholds">The probability from which on a class counts as found, one a class; 0.5 for all if null.</param>
    /// <exception cref="ArgumentException">There are not as many labels or thresholds as classes, or the preset makes
    /// images of other channels than the network takes.</exception>
    public ImageClassifier(
        IImageNetwork network,
        ImagePreset? preset = null,
        IReadOnlyList<string>? labels = null,
        ClassificationTask? task = null,
        IReadOnlyList<float>? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (network.NumClasses < 1)
        {
            throw new ArgumentException("The network has no classifier; its features are all that it gives.", nameof(network));
        }

        preset ??= ImagePreset.TorchvisionImageNet;
        ClassificationResult.RequireOnePerClass(labels?.Count, "labels", network.NumClasses, nameof(labels));
        ClassificationResult.RequireOnePerClass(thresholds?.Count, "thresholds", network.NumClasses, nameof(thresholds));
        RequireSameChannels(network, preset);
        (_network, Preset, Labels, Thresholds) = (network, preset, labels?.ToArray(), thresholds?.ToArray());
        Task = task ?? RunClassifier.DefaultTask(network.NumClasses);
        Scorer = new NetworkScorer(network, new ImageViews(preset, TestTimeAugmentation.None));
        _owned = network is IDisposable disposable ? [disposable] : [];
    }

    /// <summary>Makes a classifier of several.</summary>
    internal ImageClassifier(
        EnsembleScorer scorer,
        ImagePreset preset,
        IReadOnlyList<string>? labels,
        ClassificationTask task,
        IReadOnlyList<float>? thresholds,
        IReadOnlyList<IDisposable> members) =>
        (Scorer, Preset, Labels, Task, Thresholds, _owned) = (scorer, preset, labels, task, thresholds, members);

    /// <summary>How images are prepared; of an ensemble, for its first member.</summary>
    public ImagePreset Preset { get; }

    /// <summary>The classes' names, or null.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>What the outputs mean: whether the classes exclude each other.</summary>
    public ClassificationTask Task { get; }

    /// <summary>Each class's own threshold, or null.</summary>
    public IReadOnlyList<float>? Thresholds { get; }

    /// <summary>What the scores are divided by before softmax or sigmoid, so that probabilities come true as often as they say
    /// (<see cref="Metrics.TemperatureScaling"/>); 1 for the scores as they are. Set it before the first call.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    /// <exception cref="InvalidOperationException">The task is <see cref="ClassificationTask.None"/>, which has no probabilities.</exception>
    public double Temperature
    {
        get;
        set
        {
            if (Task == ClassificationTask.None && value != 1)
            {
                throw new InvalidOperationException(
                    $"The task is {nameof(ClassificationTask.None)}: there are no probabilities that a temperature could change.");
            }

            field = Temperatures.Require(value, nameof(value));
        }
    } = 1;

    /// <summary>Which views of each image are scored; the mean of their scores counts. Set it before the first call. An ensemble's members
    /// have each their own.</summary>
    /// <exception cref="ArgumentException">The preset leaves five crops and ten crops nothing to choose from.</exception>
    /// <exception cref="InvalidOperationException">The classifier is an ensemble.</exception>
    public TestTimeAugmentation TestTimeAugmentation
    {
        get;
        set
        {
            Scorer = _network is not null
                ? new NetworkScorer(_network, new ImageViews(Preset, value))
                : throw new InvalidOperationException("An ensemble's members have each their own test-time augmentation.");
            field = value;
        }
    }

    /// <summary>How files, streams and bytes are decoded.</summary>
    public ImageDecodeOptions DecodeOptions { get; init; } = ImageDecodeOptions.Default;

    /// <summary>Whether <see cref="Dispose"/> disposes the network too, or an ensemble's members.</summary>
    public bool OwnsNetwork { get; init; }

    /// <summary>What scores the images.</summary>
    internal ImageScorer Scorer { get; private set; }

    /// <summary>Classifies an image file.</summary>
    /// <param name="path">The file: JPEG, PNG, WebP or what a registered decoder knows.</param>
    /// <param name="cancellationToken">Ends the work before it begins, after the decoding, or where the network looks at it.</param>
    /// <returns>Its probabilities: <c>classifier.Classify("dog.jpg").Top(5)</c>.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public ClassificationResult Classify(string path, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ClassifyRented(RgbImage.LoadRented(path, DecodeOptions), cancellationToken);
    }

    /// <summary>Reads a stream to its end and classifies it as one image.</summary>
    /// <param name="stream">A readable stream; it is not disposed. One that may only be read asynchronously is for
    /// <see cref="ClassifyAsync(Stream, CancellationToken)"/>.</param>
    /// <inheritdoc cref="Classify(string, CancellationToken)"/>
#pragma warning disable CS1573 // The token is inherited.
    public ClassificationResult Classify(Stream stream, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(stream);
        using var file = EncodedImage.Read(stream, DecodeOptions);
        return ClassifyRented(file.DecodeRented(), cancellationToken);
    }

    /// <summary>Classifies an image that is in memory, encoded.</summary>
    /// <param name="file">The bytes of a whole image file.</param>
    /// <inheritdoc cref="Classify(string, CancellationToken)"/>
    public ClassificationResult Classify(ReadOnlySpan<byte> file, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ClassifyRented(RgbImage.DecodeRented(file, DecodeOptions), cancellationToken);
    }
#pragma warning restore CS1573

    /// <summary>Classifies pixels.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="cancellationToken">Ends the work before it begins, or where the network looks at it.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public ClassificationResult Classify(RgbImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Classify([image], cancellationToken)[0];
    }

    /// <summary>Classifies images in one forward pass.</summary>
    /// <param name="images">The images; after the preset's steps all must have one size.</param>
    /// <param name="cancellationToken">Ends the work before it begins, or where the network looks at it.</param>
    /// <returns>One result an image.</returns>
    /// <exception cref="ArgumentException">The images come out at different sizes, or too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IReadOnlyList<ClassificationResult> Classify(IReadOnlyList<RgbImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        cancellationToken.ThrowIfCancellationRequested();
        if (images.Count == 0)
        {
            return [];
        }

        using var prepared = new ViewRows(Scorer.Views).Prepare(images);
        return ResultsOf(Scorer.Score(prepared, cancellationToken));
    }

    /// <summary>
    /// Reads a stream to its end, asynchronously only, as a web request's body demands, and classifies it as one image. What is
    /// computed is computed on the thread pool: the caller's thread is never kept.
    /// </summary>
    /// <param name="stream">A readable stream; it is not disposed. What may come is limited by
    /// <see cref="ImageDecodeOptions.MaxFileBytes"/> of the <see cref="DecodeOptions"/>.</param>
    /// <param name="cancellationToken">Ends the reading, or the work after it where the network looks at it.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ImageFormatException">The bytes are no usable image, or too many.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public Task<ClassificationResult> ClassifyAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return System.Threading.Tasks.Task.Run(
            async () =>
            {
                using var file = await EncodedImage.ReadAsync(stream, DecodeOptions, cancellationToken).ConfigureAwait(false);
                return ClassifyRented(file.DecodeRented(), cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Classifies an image file on the thread pool, without a thread that waits for the disk.</summary>
    /// <param name="path">The file: JPEG, PNG, WebP or what a registered decoder knows.</param>
    /// <param name="cancellationToken">Ends the reading, or the work after it where the network looks at it.</param>
    /// <returns>Its probabilities.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="DllNotFoundException">The format's library is missing; the message names its package.</exception>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public Task<ClassificationResult> ClassifyAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return System.Threading.Tasks.Task.Run(
            async () => Classify(await RgbImage.LoadAsync(path, DecodeOptions, cancellationToken).ConfigureAwait(false), cancellationToken),
            cancellationToken);
    }

    /// <summary>
    /// Classifies many files: worker threads decode and prepare the next batch while the network works on this one. A
    /// file that is no image is reported in its place and stops nothing.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="options">Batch size, workers, and decoding if other than <see cref="DecodeOptions"/>; null for the
    /// defaults.</param>
    /// <param name="cancellationToken">Ends the work at the latest after the batch under way.</param>
    /// <returns>One item a file, in the files' order, as they get ready; enumerating does the work.</returns>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public IEnumerable<ClassifiedFile> ClassifyFiles(
        IEnumerable<string> paths, ImageBatchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= new ImageBatchOptions();
        options = options with { Decode = options.Decode ?? DecodeOptions };
        var batches = ScoredBatch<string>.Load(Scorer, paths, path => RgbImage.LoadRented(path, options.Decode), options, cancellationToken);
        return ClassifyBatches(batches, cancellationToken);
    }

    /// <summary>Disposes the network, or an ensemble's members, where the classifier owns them; else there is nothing to do.</summary>
    public void Dispose()
    {
        foreach (var owned in OwnsNetwork ? _owned : [])
        {
            owned.Dispose();
        }
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

    private IEnumerable<ClassifiedFile> ClassifyBatches(IEnumerable<ScoredBatch<string>> batches, CancellationToken cancellationToken)
    {
        foreach (var batch in batches)
        {
            ClassifiedFile[] files;
            using (batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                files = Classify(batch, cancellationToken);
            }

            foreach (var file in files)
            {
                yield return file;
            }
        }
    }

    private ClassifiedFile[] Classify(ScoredBatch<string> batch, CancellationToken cancellationToken)
    {
        ClassificationResult[] results = [];
        Exception? refusal = null;
        try
        {
            results = ResultsOf(batch.Score(cancellationToken));
        }
        catch (ArgumentException exception)
        {
            // Too small for the network: possible only where the preset leaves images their own sizes.
            refusal = exception;
        }

        return batch.Items
            .Select(item => new ClassifiedFile(
                item.Source, item.Row is { } row && refusal is null ? results[row] : null, item.Error ?? refusal))
            .ToArray();
    }

    private ClassificationResult ClassifyRented(RgbImage image, CancellationToken cancellationToken)
    {
        var result = Classify(image, cancellationToken);
        image.Recycle();
        return result;
    }

    private ClassificationResult[] ResultsOf(float[] logits)
    {
        var classes = Scorer.NumClasses;
        var results = new ClassificationResult[logits.Length / classes];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new ClassificationResult(logits.AsSpan(i * classes, classes), Labels, Task, Thresholds, Temperature);
        }

        return results;
    }
}
