using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Keeps one classifier's network: loads it, and another in its place when the files or the options have changed.</summary>
internal sealed class ModelHost : IDisposable
{
    private readonly ClassifierRegistration _registration;
    private readonly IOptionsFactory<DenseNetClassifierOptions> _factory;
    private readonly IOptionsChangeTokenSource<DenseNetClassifierOptions>[] _changes;
    private readonly ModelLoader _loader;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _loading = new(1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LoadedModel? _current;
    private volatile Admission? _admission;
    private volatile DenseNetClassifierOptions? _options;
    private volatile string? _failure;
    private volatile bool _isDisposed;
    private string? _triedStamp;

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

                // A file that somebody still writes to changes from one look to the next.
                var stamp = FileStamp.Of(_options!);
                if (stamp != _triedStamp && stamp == seen)
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

    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.Exchange(ref _current, null)?.Release();
    }

    private bool HaveOptionsChanged()
    {
        try
        {
            return _failure is not null || _current?.Options.Says(_factory.Create(Name)) != true;
        }
        catch (Exception)
        {
            // Loading says what is wrong with them.
            return true;
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
        try
        {
            var options = _factory.Create(Name);
            var isOther = _current?.Options.Says(options) != true;
            var stamp = FileStamp.Of(options);
            (_options, _triedStamp) = (options, stamp);
            var model = new LoadedModel(_loader.Load(options), options, Metrics, Title, model => HostingLog.Gone(_logger, Title, model.Options.File!));
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
            Dispose();
        }
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

    private ImageRejectedException NotReady() => new(
        RejectionReason.NotReady,
        _isDisposed ? $"The classifier {Title} is no longer in service."
        : _failure is { } failure ? $"The classifier {Title} has no network: {failure}"
        : $"The classifier {Title} has no network yet; the host loads it after its start, {nameof(IModelReloader)} when asked.");
}
