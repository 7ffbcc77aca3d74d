namespace DenseNetSharp.Images;

/// <summary>Many images, decoded and prepared on worker threads, batch by batch.</summary>
/// <remarks>
/// The batches come in the order of their sources, whichever image is ready first, with a bounded number of them in
/// memory (<see cref="ImageBatchOptions.BatchesAhead"/>). An image that cannot be read is reported in its batch and
/// stops nothing. Leaving the enumeration ends the work.
/// </remarks>
public static class ImageBatch
{
    /// <summary>Prepares image files.</summary>
    /// <param name="files">The files; enumerated only as far as they are needed.</param>
    /// <param name="preset">How images are prepared.</param>
    /// <param name="options">Batch size, workers and decoding; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work after the images under way.</param>
    /// <returns>The batches; enumerating does the work. Dispose each when done with it.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or a batch is too large for one array.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static IEnumerable<ImageBatch<string>> Load(
        IEnumerable<string> files,
        ImagePreset preset,
        ImageBatchOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new ImageBatchOptions();
        return Load(files, file => RgbImage.LoadRented(file, options.Decode), preset, options, cancellationToken);
    }

    /// <summary>Prepares images from anywhere: a database, an archive, a camera.</summary>
    /// <typeparam name="T">What stands for an image.</typeparam>
    /// <param name="sources">One an image; enumerated only as far as they are needed.</param>
    /// <param name="read">Reads one; called from several threads at once. What it throws is that image's error.</param>
    /// <param name="preset">How images are prepared.</param>
    /// <param name="options">Batch size and workers; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work after the images under way.</param>
    /// <inheritdoc cref="Load(IEnumerable{string}, ImagePreset, ImageBatchOptions?, CancellationToken)"/>
    public static IEnumerable<ImageBatch<T>> Load<T>(
        IEnumerable<T> sources,
        Func<T, RgbImage> read,
        ImagePreset preset,
        ImageBatchOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ImagePreprocessor.Check(preset);
        return Load<T, float>(sources, read, preset.Channels, preset.FixedOutputSize,
            image => preset.OutputSize(image.Height, image.Width),
            (_, image, destination) => preset.Apply(image, destination), options, cancellationToken).Select(batch => new ImageBatch<T>(batch));
    }

    /// <summary>Prepares images in a way of the caller's own, with random augmentations for example.</summary>
    /// <typeparam name="T">What stands for an image.</typeparam>
    /// <param name="sources">One an image; enumerated only as far as they are needed.</param>
    /// <param name="read">Reads one; called from several threads at once. What it throws is that image's error.</param>
    /// <param name="channels">Channels that <paramref name="prepare"/> writes.</param>
    /// <param name="size">The size that <paramref name="prepare"/> makes of every image.</param>
    /// <param name="prepare">Writes <c>[channels, size.Height, size.Width]</c> for a source and its image; called from
    /// several threads at once. What it throws is that image's error.</param>
    /// <param name="options">Batch size and workers; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work after the images under way.</param>
    /// <inheritdoc cref="Load(IEnumerable{string}, ImagePreset, ImageBatchOptions?, CancellationToken)"/>
    public static IEnumerable<ImageBatch<T>> Load<T>(
        IEnumerable<T> sources,
        Func<T, RgbImage> read,
        int channels,
        ImageSize size,
        Action<T, RgbImage, Span<float>> prepare,
        ImageBatchOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        return Load(sources, read, channels, size, _ => size, prepare, options, cancellationToken).Select(batch => new ImageBatch<T>(batch));
    }

    /// <summary>Prepares images as values of any type, of their own sizes where <paramref name="size"/> is null.</summary>
    internal static IEnumerable<PixelBatch<T, TPixel>> Load<T, TPixel>(
        IEnumerable<T> sources,
        Func<T, RgbImage> read,
        int channels,
        ImageSize? size,
        Func<RgbImage, ImageSize> sizeOf,
        Action<T, RgbImage, Span<TPixel>> prepare,
        ImageBatchOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(read);
        options ??= new ImageBatchOptions();
        options.Validate();
        if (size is { } all && (long)channels * all.Height * all.Width > Array.MaxLength / options.BatchSize)
        {
            throw new ArgumentException(
                $"[{options.BatchSize}, {channels}, {all.Height}, {all.Width}] are more values than fit in one array.",
                nameof(options));
        }

        return new ImageBatchLoader<T, TPixel>
        {
            Read = read,
            Prepare = prepare,
            Channels = channels,
            FixedSize = size,
            SizeOf = sizeOf,
            Options = options,
        }.Load(sources, cancellationToken);
    }
}

/// <summary>Prepared images that go through a network together.</summary>
/// <typeparam name="T">What stands for an image: its path, for files.</typeparam>
public sealed class ImageBatch<T> : IDisposable
{
    private readonly PixelBatch<T, float> _batch;

    internal ImageBatch(PixelBatch<T, float> batch) => _batch = batch;

    /// <summary>Every source of the batch, in order, with its row or its error.</summary>
    public IReadOnlyList<ImageBatchItem<T>> Items => _batch.Items;

    /// <summary>The sources of the images, in the order of their rows: the items without those that have an error.</summary>
    public IReadOnlyList<T> Sources => _batch.Sources;

    /// <summary>The items that have an error.</summary>
    public IEnumerable<ImageBatchItem<T>> Unreadable => _batch.Unreadable;

    /// <summary>The number of images, N. It can be 0.</summary>
    public int Count => _batch.Count;

    /// <summary>The number of channels, C.</summary>
    public int Channels => _batch.Channels;

    /// <summary>The images' height and width; 0x0 where there are no images and their size was not known beforehand.</summary>
    public ImageSize Size => _batch.Size;

    /// <summary>The images, <c>[Count, Channels, Size.Height, Size.Width]</c>.</summary>
    /// <exception cref="ObjectDisposedException">The batch has been disposed.</exception>
    public ReadOnlySpan<float> Pixels
    {
        get
        {
            ObjectDisposedException.ThrowIf(_batch.IsDisposed, this);
            return _batch.Pixels;
        }
    }

    /// <summary>Gives the memory back for a later batch. Without it the garbage collector does, at more cost.</summary>
    public void Dispose() => _batch.Dispose();
}

/// <summary>What became of one source of a batch.</summary>
/// <typeparam name="T">What stands for an image.</typeparam>
/// <param name="Source">The source as it was given.</param>
/// <param name="Row">Its image's place in the batch's pixels; null where there is an error.</param>
/// <param name="Error">What is wrong with it, or null.</param>
public sealed record ImageBatchItem<T>(T Source, int? Row, Exception? Error);
