using System.Diagnostics.Metrics;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>What the classifiers of a service measure; docs/hosting.md has the table.</summary>
internal sealed class ClassifierMetrics : IDisposable
{
    public const string ModelTag = "densenet.model";
    public const string ErrorTag = "error.type";

    private static readonly InstrumentAdvice<double> _seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> _images = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] };

    // Null where a factory owns the meter.
    private readonly Meter? _owned;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _classified;
    private readonly Counter<long> _loads;
    private readonly Histogram<double> _queueing;
    private readonly Histogram<double> _decoding;
    private readonly Histogram<double> _computing;
    private readonly Histogram<int> _batches;
    private readonly UpDownCounter<long> _queue;
    private readonly UpDownCounter<long> _active;

    public ClassifierMetrics(IMeterFactory? factory)
    {
        _owned = factory is null ? new Meter(DenseNetTelemetry.MeterName) : null;
        var meter = _owned ?? factory!.Create(DenseNetTelemetry.MeterName);
        _requests = meter.CreateCounter<long>("densenet.requests", "{request}", "Requests that have ended, well or not.");
        _rejections = meter.CreateCounter<long>("densenet.rejections", "{request}", "Requests that were rejected.");
        _classified = meter.CreateCounter<long>("densenet.images", "{image}", "Images that were classified or explained.");
        _loads = meter.CreateCounter<long>("densenet.loads", "{load}", "Checkpoints that were loaded, or could not be.");
        _queueing = meter.CreateHistogram("densenet.queue.duration", "s", "From a request's arrival to its turn.", tags: null, _seconds);
        _decoding = meter.CreateHistogram("densenet.decode.duration", "s", "Decoding an image.", tags: null, _seconds);
        _computing = meter.CreateHistogram("densenet.compute.duration", "s", "From an image's pixels to its result.", tags: null, _seconds);
        _batches = meter.CreateHistogram("densenet.batch.size", "{image}", "Images that the network got at once.", tags: null, _images);
        _queue = meter.CreateUpDownCounter<long>("densenet.queue.length", "{request}", "Requests that are received or wait for their turn.");
        _active = meter.CreateUpDownCounter<long>("densenet.active", "{request}", "Requests that are decoded or computed.");
    }

    public void Ended(string model, string? error)
    {
        if (error is null)
        {
            _requests.Add(1, Of(model));
            _classified.Add(1, Of(model));
        }
        else
        {
            _requests.Add(1, Of(model), new(ErrorTag, error));
        }
    }

    public void Rejected(string model, string reason) => _rejections.Add(1, Of(model), new(ErrorTag, reason));

    public void Loaded(string model) => _loads.Add(1, Of(model));

    public void NotLoaded(string model, Exception exception) => _loads.Add(1, Of(model), new(ErrorTag, exception.GetType().FullName));

    public void QueueChanged(string model, int change) => _queue.Add(change, Of(model));

    public void ActiveChanged(string model, int change) => _active.Add(change, Of(model));

    public void Queued(string model, TimeSpan time) => _queueing.Record(time.TotalSeconds, Of(model));

    public void Decoded(string model, TimeSpan time) => _decoding.Record(time.TotalSeconds, Of(model));

    public void Computed(string model, TimeSpan time) => _computing.Record(time.TotalSeconds, Of(model));

    public void Batched(string model, int images) => _batches.Record(images, Of(model));

    public void Dispose() => _owned?.Dispose();

    private static KeyValuePair<string, object?> Of(string model) => new(ModelTag, model);
}
