using System.Diagnostics;
using DenseNetSharp.Classification;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Keeps one classifier's network: loads it, and another in its place when the files or the options have changed.</summary>
internal sealed class ModelHost : IDisposable
{
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(30);

    private readonly ClassifierRegistration _registration;
    private readonly IOptionsFactory<DenseNetClassifierOptions> _factory;
    private readonly IOptionsChangeTokenSource<DenseNetClassifierOptions>[] _changes;
    private readonly ModelLoader _loader;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _loading = new(1);
    // The networks that have not been freed, and one for the host itself.
    private readonly CountdownEvent _alive = new(1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private volatile LoadedModel? _current;
    private volatile Admission? _admission;
    private volatile DenseNetClassifierOptions? _options;
    private volatile string? _failure;
    private volatile bool _isDisposed;
    private string? _triedStamp;
    private volatile bool _areOptionsInvalid;

    public ModelHost(
        ClassifierRegistration registration,
        IOptionsFactory<DenseNetClassifierOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<DenseNetClassifierOptions>> changes,
        IEnumerable<EngineRegistration> engines,
        ClassifierMetrics metrics,
        ILogger logger)
    {
        (_registration, _factory, _logger, Metrics) = (registration, factory, logger, metrics);
        _changes = [.. changes.Where(source => source.Name == registration.Name)];
        _loader = new ModelLoader(registration, engines);
        Classifier = new HostedClassifier(this, logger);
    }

    public string Name => _registration.Name;

    public string Title => _registration.Title;

    public ClassifierMetrics Metrics { get; }

    /// <summary>What programs get.</summary>
    public HostedClassifier Classifier { get; }

    public bool IsReady => _current is not null;

    /// <summary>Why the last attempt to load failed; null where it did not.</summary>
    public string? Failure => _failure;

    /// <summary>The checkpoint that answers; null where none does.</summary>
    public string? File => _current?.Options.File;

    /// <summary>Reads the options, and starts nothing.</summary>
    /// <exception cref="OptionsValidationException">They are not valid.</exception>
    public void RequireOptions() => _options = _factory.Create(Name);

    /// <summary>Ends when a network is loaded.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>Takes a place among the requests.</summary>
    /// <exception cref="ImageRejectedException">There is none, or no network.</exception>
    public Admission.Place Enter() => _current is null ? throw NotReady() : _admission!.Enter();

    /// <summary>Begins a use of the network; <see cref="LoadedModel.Release"/> ends it.</summary>
    /// <exception cref="ImageRejectedException">There is no network.</exception>
    public LoadedModel Use()
    {
        // One that cannot be used has just been replaced.
        while (_current is { } model)
        {
            if (model.TryUse())
            {
                return model;
            }
        }

        throw NotReady();
    }

    /// <summary>Loads the network and looks for changes until the service stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var changed = new SemaphoreSlim(0);
        var registrations = _changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, () => changed.Release())).ToList();
        try
        {
            await TryReloadAsync(stopping).ConfigureAwait(false);
            var seen = _triedStamp;
            while (true)
            {
                var interval = _options!.WatchInterval;
                if (await changed.WaitAsync(interval == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : interval, stopping).ConfigureAwait(false))
                {
                    if (HaveOptionsChanged())
                    {
                        await TryReloadAsync(stopping).ConfigureAwait(false);
                    }

                    continue;
                }

                // A file that somebody still writes to changes from one look to the next. Options that were refused may be right by now: they
                // may name a file that was not there.
                var stamp = FileStamp.Of(_options!);
                if (_areOptionsInvalid ? TryReadOptions() is not null : stamp != _triedStamp && stamp == seen)
                {
                    await TryReloadAsync(stopping).ConfigureAwait(false);
                }

                seen = stamp;
            }
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    /// <summary>Reads the options and loads the network; where that fails, everything stays as it was.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(Reload, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Nobody comes any more for whom a batch could wait.</summary>
    public void EndWaits() => _ending.Cancel();

    /// <summary>Takes the network out of service and waits, for half a minute each at most, for what is loaded and for what is computed: no
    /// native engine survives the end of its process while it computes.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_loading.Wait(_longestEnd))
        {
            _loading.Release();
        }

        EndCurrent();
        _alive.Signal();
        _alive.Wait(_longestEnd);
        _ending.Dispose();
    }

    private void EndCurrent()
    {
        var model = Interlocked.Exchange(ref _current, null);
        model?.Batches?.Stop();
        model?.Release();
    }

    private bool HaveOptionsChanged() =>
        // Where they are not valid, loading says so.
        _failure is not null || TryReadOptions() is not { } options || _current?.Options.Says(options) != true;

    private DenseNetClassifierOptions? TryReadOptions()
    {
        try
        {
            return _factory.Create(Name);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private async Task TryReloadAsync(CancellationToken stopping)
    {
        try
        {
            await ReloadAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            // It is in the log, the metrics and the health check.
        }
    }

    private void Reload()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var start = Stopwatch.GetTimestamp();
        DenseNetClassifierOptions? options = null;
        try
        {
            options = _factory.Create(Name);
            var isOther = _current?.Options.Says(options) != true;
            var stamp = FileStamp.Of(options);
            (_options, _triedStamp) = (options, stamp);
            var model = Keep(_loader.Load(options), options);
            if (FileStamp.Of(options) != stamp)
            {
                model.Release();
                throw new IOException($"{options.File} was changed while it was read.");
            }

            // Before anybody can see it.
            HostingLog.Loaded(_logger, Title, options.File!, options.Engine!, Stopwatch.GetElapsedTime(start).TotalSeconds);
            Metrics.Loaded(Title);
            TakeOver(model, isOther);
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }
        finally
        {
            _areOptionsInvalid = options is null;
        }
    }

    private void TakeOver(LoadedModel model, bool haveOptionsChanged)
    {
        // Those who wait keep the places that they have.
        if (haveOptionsChanged)
        {
            _admission = new Admission(Title, model.Options.Concurrency, model.Options.MaxQueue, Metrics);
        }

        _failure = null;
        Interlocked.Exchange(ref _current, model)?.Release();
        _ready.TrySetResult();
        if (_isDisposed)
        {
            EndCurrent();
        }
    }

    private LoadedModel Keep(ImageClassifier classifier, DenseNetClassifierOptions options)
    {
        if (_alive.TryAddCount())
        {
            return new LoadedModel(classifier, options, Metrics, Title, Gone, _ending.Token);
        }

        classifier.Dispose();
        throw new ObjectDisposedException(Title);
    }

    private void Gone(LoadedModel model)
    {
        HostingLog.Gone(_logger, Title, model.Options.File!);
        _alive.Signal();
    }

    private void Fail(Exception exception)
    {
        // Not again before the next change.
        _triedStamp = _options is null ? null : FileStamp.Of(_options);
        Metrics.NotLoaded(Title, exception);
        if (File is { } file)
        {
            HostingLog.Kept(_logger, Title, file, exception.Message, exception);
        }
        else
        {
            HostingLog.NotLoaded(_logger, Title, exception.Message, exception);
        }

        _failure = exception.Message;
    }

    private ImageRejectedException NotReady() => _isDisposed
        ? ImageRejectedException.OutOfService(Title)
        : new ImageRejectedException(
            RejectionReason.NotReady,
            // Why, which names files, is not for whoever uploads.
            _failure is not null ? $"The classifier {Title} has no network, for it could not be loaded; the log and the health check say why."
            : $"The classifier {Title} has no network yet; the host loads it after its start, {nameof(IModelReloader)} when asked.");
}
