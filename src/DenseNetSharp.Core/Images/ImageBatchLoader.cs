using System.Collections.Concurrent;

namespace DenseNetSharp.Images;

/// <summary>Keeps some batches in preparation ahead of the one in use.</summary>
internal sealed class ImageBatchLoader<T, TPixel>
{
    private readonly ConcurrentBag<TPixel[]> _buffers = [];

    public required Func<T, RgbImage> Read { get; init; }

    public required Action<T, RgbImage, Span<TPixel>> Prepare { get; init; }

    public required int Channels { get; init; }

    /// <summary>The size of all images, or null where each has its own; batches have one image then.</summary>
    public required ImageSize? FixedSize { get; init; }

    public required Func<RgbImage, ImageSize> SizeOf { get; init; }

    public required ImageBatchOptions Options { get; init; }

    private int BatchSize => FixedSize is null ? 1 : Options.BatchSize;

    public IEnumerable<PixelBatch<T, TPixel>> Load(IEnumerable<T> sources, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = new TaskFactory(
            stop.Token,
            // What a reader awaits must not queue behind the readers that wait for it.
            TaskCreationOptions.HideScheduler | TaskCreationOptions.DenyChildAttach,
            TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Options.Workers).ConcurrentScheduler);
        var ahead = new Queue<Batch>();
        try
        {
            foreach (var chunk in sources.Chunk(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                ahead.Enqueue(new Batch(this, chunk, workers, stop.Token));
                if (ahead.Count > Options.BatchesAhead)
                {
                    yield return ahead.Dequeue().Finish(cancellationToken);
                }
            }

            while (ahead.TryDequeue(out var batch))
            {
                yield return batch.Finish(cancellationToken);
            }
        }
        finally
        {
            // Nothing may go on reading files after the enumeration has ended.
            stop.Cancel();
            foreach (var batch in ahead)
            {
                batch.Abandon();
            }
        }
    }

    private void Recycle(TPixel[] buffer)
    {
        // Buffers of images' own sizes fit no other image.
        if (FixedSize is not null)
        {
            _buffers.Add(buffer);
        }
    }

    /// <summary>One batch in preparation.</summary>
    private sealed class Batch
    {
        private readonly ImageBatchLoader<T, TPixel> _loader;
        private readonly T[] _sources;
        private readonly Exception?[] _errors;
        private readonly Task _preparation;
        private ImageSize _size;
        private TPixel[] _pixels = [];

        public Batch(ImageBatchLoader<T, TPixel> loader, T[] sources, TaskFactory workers, CancellationToken stop)
        {
            (_loader, _sources, _errors) = (loader, sources, new Exception?[sources.Length]);
            if (loader.FixedSize is { } size)
            {
                _size = size;
                _pixels = loader._buffers.TryTake(out var recycled) ? recycled : new TPixel[loader.BatchSize * ImageLength];
            }

            _preparation = Task.WhenAll(sources.Select((_, i) => workers.StartNew(() => PrepareOne(i, stop))).ToArray());
        }

        private int ImageLength => _loader.Channels * _size.Height * _size.Width;

        /// <summary>Waits for the images.</summary>
        public PixelBatch<T, TPixel> Finish(CancellationToken cancellationToken)
        {
            try
            {
                _preparation.GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }

            cancellationToken.ThrowIfCancellationRequested();
            return new PixelBatch<T, TPixel>(CloseGaps(), _loader.Channels, _size, _pixels, _loader.Recycle);
        }

        /// <summary>Waits for the images under way, of which nothing is wanted any more.</summary>
        public void Abandon() => _preparation.ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();

        private void PrepareOne(int i, CancellationToken stop)
        {
            try
            {
                var image = _loader.Read(_sources[i]);
                if (_loader.FixedSize is null)
                {
                    _size = _loader.SizeOf(image);
                    var length = (long)_loader.Channels * _size.Height * _size.Width;
                    if (length > Array.MaxLength)
                    {
                        throw new ArgumentException(
                            $"[{_loader.Channels}, {_size.Height}, {_size.Width}] are more values than fit in one array.");
                    }

                    _pixels = new TPixel[length];
                }

                _loader.Prepare(_sources[i], image, _pixels.AsSpan(i * ImageLength, ImageLength));
                image.Recycle();
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                _errors[i] = exception;
            }
        }

        /// <summary>Moves the images together where some are missing between them.</summary>
        private ImageBatchItem<T>[] CloseGaps()
        {
            var items = new ImageBatchItem<T>[_sources.Length];
            var rows = 0;
            for (var i = 0; i < items.Length; i++)
            {
                if (_errors[i] is { } error)
                {
                    items[i] = new ImageBatchItem<T>(_sources[i], null, error);
                    continue;
                }

                if (rows < i)
                {
                    _pixels.AsSpan(i * ImageLength, ImageLength).CopyTo(_pixels.AsSpan(rows * ImageLength));
                }

                items[i] = new ImageBatchItem<T>(_sources[i], rows++, null);
            }

            return items;
        }
    }
}
