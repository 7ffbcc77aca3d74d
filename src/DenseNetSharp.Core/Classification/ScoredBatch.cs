using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>A batch of images on its way through a classifier: decoded once, prepared in every way that its networks want.</summary>
/// <typeparam name="T">What stands for an image.</typeparam>
internal sealed class ScoredBatch<T> : IDisposable
{
    private readonly ImageScorer _scorer;
    private readonly PixelBatch<Sized, float> _batch;

    private ScoredBatch(ImageScorer scorer, PixelBatch<Sized, float> batch)
    {
        (_scorer, _batch) = (scorer, batch);
        Items = [.. batch.Items.Select(item => new ImageBatchItem<T>(item.Source.Source, item.Row, item.Error))];
    }

    /// <summary>Every source of the batch, in order, with its row or its error.</summary>
    public IReadOnlyList<ImageBatchItem<T>> Items { get; }

    /// <summary>How many images there are.</summary>
    public int Count => _batch.Count;

    /// <summary>Prepares images on worker threads, ahead of the one that scores them. Batches have as many views as else images.</summary>
    /// <param name="scorer">What is to score them.</param>
    /// <param name="sources">One an image.</param>
    /// <param name="read">Reads one; called from several threads at once.</param>
    /// <param name="options">Batch size and workers.</param>
    /// <param name="cancellationToken">Ends the work after the images under way.</param>
    public static IEnumerable<ScoredBatch<T>> Load(
        ImageScorer scorer, IEnumerable<T> sources, Func<T, RgbImage> read, ImageBatchOptions options, CancellationToken cancellationToken)
    {
        var views = scorer.Views;
        foreach (var each in views)
        {
            ImagePreprocessor.Check(each.Preset);
        }

        var rows = new ViewRows(views);
        var batches = ImageBatch.Load<Sized, float>(
            sources.Select(source => new Sized(source)),
            source => read(source.Source),
            rows.Channels,
            rows.FixedSize,
            image => rows.SizeOf(image),
            (source, image, row) => source.Sizes = rows.Prepare(image, row),
            options.BatchSize < 1 ? options : options with { BatchSize = Math.Max(options.BatchSize / views.Max(each => each.Count), 1) },
            cancellationToken);
        return batches.Select(batch => new ScoredBatch<T>(scorer, batch));
    }

    /// <summary>Scores the images.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>One score a class, <c>[Count, classes]</c>.</returns>
    /// <exception cref="ArgumentException">The images are too small for a network.</exception>
    public float[] Score(CancellationToken cancellationToken) => Count == 0
        ? []
        : _scorer.Score(new PreparedImages(_scorer.Views, _batch.Sources[0].Sizes, Count, _batch.Pixels), cancellationToken);

    public void Dispose() => _batch.Dispose();

    /// <summary>A source, and the sizes of its image's views once it is prepared.</summary>
    private sealed class Sized(T source)
    {
        public T Source { get; } = source;

        public IReadOnlyList<ImageSize> Sizes { get; set; } = [];
    }
}
