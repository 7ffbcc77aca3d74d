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

    public MicroBatches(LoadedModel model, ClassifierMetrics metrics, string title)
    {
        (_model, _metrics, _title) = (model, metrics, title);
        _ = Task.Run(RunAsync);
    }

    /// <summary>Classifies an image among others. A request that is cancelled leaves; the others' are computed.</summary>
    /// <exception cref="ArgumentException">The image comes out too small for the network.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<ClassificationResult> ClassifyAsync(RgbImage image, CancellationToken cancellationToken)
    {
        var size = _model.Classifier.Preset.OutputSize(image.Height, image.Width);
        var result = new TaskCompletionSource<ClassificationResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.UnsafeRegister(
            static (waiting, token) => ((TaskCompletionSource<ClassificationResult>)waiting!).TrySetCanceled(token), result);
        // Whoever asks uses the model, so that it is not complete yet, and the channel has no bound: Admission is the bound.
        _items.Writer.TryWrite(new Item(image, size, result));
        return await result.Task.ConfigureAwait(false);
    }

    /// <summary>No image comes any more.</summary>
    public void Complete() => _items.Writer.Complete();

    private async Task RunAsync()
    {
        while (await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = await CollectAsync().ConfigureAwait(false);
            // Of one size each, which is all there is where the preset crops.
            foreach (var images in batch.Where(item => !item.Result.Task.IsCompleted).GroupBy(item => item.Size))
            {
                Compute([.. images]);
            }
        }
    }

    private async Task<List<Item>> CollectAsync()
    {
        var batch = new List<Item>(_model.Options.MaxBatch);
        using var end = new CancellationTokenSource(_model.Options.MaxBatchWait);
        try
        {
            while (batch.Count < _model.Options.MaxBatch)
            {
                if (_items.Reader.TryRead(out var item))
                {
                    batch.Add(item);
                }
                else if (!await _items.Reader.WaitToReadAsync(end.Token).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody else came in time.
        }

        return batch;
    }

    private void Compute(Item[] items)
    {
        // A use of its own: a request that is cancelled meanwhile ends its own use at once.
        if (!_model.TryUse())
        {
            return;
        }

        try
        {
            var results = _model.Classifier.Classify([.. items.Select(item => item.Image)]);
            _metrics.Batched(_title, items.Length);
            foreach (var (item, result) in items.Zip(results))
            {
                item.Result.TrySetResult(result);
            }
        }
        catch (Exception exception)
        {
            foreach (var item in items)
            {
                item.Result.TrySetException(exception);
            }
        }
        finally
        {
            _model.Release();
        }
    }

    private sealed record Item(RgbImage Image, ImageSize Size, TaskCompletionSource<ClassificationResult> Result);
}
