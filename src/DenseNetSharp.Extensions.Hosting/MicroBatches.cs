using System.Threading.Channels;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Gives a network the images of several requests at once: those that have come while it computed the last ones, and those that
/// come within a short wait.</summary>
internal sealed class MicroBatches
{
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LoadedModel _model;
    private readonly ClassifierMetrics _metrics;
    private readonly string _title;
    private readonly CancellationToken _ending;
    private volatile bool _isStopped;

    public MicroBatches(LoadedModel model, ClassifierMetrics metrics, string title, CancellationToken ending)
    {
        (_model, _metrics, _title, _ending) = (model, metrics, title, ending);
        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Classifies an image among others. A request that is cancelled leaves as long as it waits, and the others are computed; one
    /// that is computed ends with its batch, which holds its image.</summary>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="ImageRejectedException">The service has ended.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<ClassificationResult> ClassifyAsync(RgbImage image, CancellationToken cancellationToken)
    {
        var item = new Item(image, _model.Classifier.Preset.OutputSize(image.Height, image.Width));
        using var registration = cancellationToken.UnsafeRegister(static (waiting, token) => ((Item)waiting!).Leave(token), item);
        // The channel has no bound: Admission is the bound.
        if (!_items.Writer.TryWrite(item))
        {
            item.Fail(ImageRejectedException.OutOfService(_title));
        }

        return await item.Result.ConfigureAwait(false);
    }

    /// <summary>Rejects the images that wait and those that come, for the service ends.</summary>
    public void Stop()
    {
        _isStopped = true;
        Complete();
    }

    /// <summary>No image comes any more.</summary>
    public void Complete() => _items.Writer.TryComplete();

    private async Task RunAsync()
    {
        while (await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = await CollectAsync().ConfigureAwait(false);
            if (_isStopped)
            {
                batch.ForEach(item => item.Fail(ImageRejectedException.OutOfService(_title)));
                continue;
            }

            // Of one size each, which is all there is where the preset crops.
            foreach (var images in batch.Where(item => item.TryBegin()).GroupBy(item => item.Size))
            {
                Compute([.. images]);
            }
        }
    }

    private async Task<List<Item>> CollectAsync()
    {
        var batch = new List<Item>(_model.Options.MaxBatch);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_ending);
        end.CancelAfter(_model.Options.MaxBatchWait);
        try
        {
            while (batch.Count < _model.Options.MaxBatch)
            {
                if (_items.Reader.TryRead(out var item))
                {
                    if (!item.HasLeft)
                    {
                        batch.Add(item);
                    }
                }
                else if (!await _items.Reader.WaitToReadAsync(end.Token).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody else came in time, or comes any more.
        }

        return batch;
    }

    private void Compute(Item[] items)
    {
        try
        {
            // Each item's request uses the model until it has its result.
            var results = _model.Classifier.Classify([.. items.Select(item => item.Image)]);
            _metrics.Batched(_title, items.Length);
            foreach (var (item, result) in items.Zip(results))
            {
                item.Succeed(result);
            }
        }
        catch (Exception exception)
        {
            foreach (var item in items)
            {
                item.Fail(exception);
            }
        }
    }

    /// <summary>An image that waits, is computed, or has left.</summary>
    private sealed class Item(RgbImage image, ImageSize size)
    {
        private readonly TaskCompletionSource<ClassificationResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RgbImage? _image = image;
        private int _state;

        private enum State
        {
            Waits,
            Computes,
            HasLeft,
        }

        public Task<ClassificationResult> Result => _result.Task;

        public RgbImage Image => _image!;

        public ImageSize Size => size;

        public bool HasLeft => Volatile.Read(ref _state) == (int)State.HasLeft;

        /// <summary>From now on the image is read; false where the request has left.</summary>
        public bool TryBegin() => TryGoTo(State.Computes);

        /// <summary>Cancels it, unless it is computed already.</summary>
        public void Leave(CancellationToken cancellationToken)
        {
            if (TryGoTo(State.HasLeft))
            {
                // It may stay in the queue for a while, its pixels do not.
                _image = null;
                _result.TrySetCanceled(cancellationToken);
            }
        }

        public void Succeed(ClassificationResult result) => _result.TrySetResult(result);

        public void Fail(Exception exception) => _result.TrySetException(exception);

        private bool TryGoTo(State state) => Interlocked.CompareExchange(ref _state, (int)state, (int)State.Waits) == (int)State.Waits;
    }
}
