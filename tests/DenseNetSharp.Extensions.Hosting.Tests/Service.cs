using System.Collections.Concurrent;
using DenseNetSharp.Classification;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Extensions.Hosting.Tests;

/// <summary>A host with classifiers, and what it logs.</summary>
internal sealed class Service : IAsyncDisposable, ILoggerProvider
{
    private readonly IHost _host;
    private readonly ConfigurationManager _configuration;

    private Service(Action<IServiceCollection> add, (string Key, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        builder.Logging.AddProvider(this);
        builder.Services.AddHealthChecks().AddDenseNet();
        add(builder.Services);
        (_host, _configuration) = (builder.Build(), builder.Configuration);
    }

    public IServiceProvider Services => _host.Services;

    public IImageClassifier Classifier => Services.GetRequiredService<IImageClassifier>();

    public IModelReloader Models => Services.GetRequiredService<IModelReloader>();

    public ConcurrentQueue<(LogLevel Level, string Message)> Log { get; } = new();

    /// <summary>A service that has not been started.</summary>
    public static Service Create(Action<IServiceCollection> add, params (string Key, string? Value)[] settings) => new(add, settings);

    /// <summary>A service that is ready.</summary>
    public static async Task<Service> StartAsync(Action<IServiceCollection> add, params (string Key, string? Value)[] settings)
    {
        var service = new Service(add, settings);
        await service.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await service.Models.WaitUntilReadyAsync(cancellationToken: patience.Token);
        return service;
    }

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Changes the configuration while the service runs.</summary>
    public void Set(string key, string? value)
    {
        _configuration[key] = value;
        ((IConfigurationRoot)_configuration).Reload();
    }

    public async Task<(HealthStatus Status, string? Description)> CheckAsync(string name)
    {
        var report = await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == name);
        return (report.Entries[name].Status, report.Entries[name].Description);
    }

    /// <summary>Waits, for a minute at most, until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; i < 6000; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"Not so within a minute: {what}.");
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(this);

    void IDisposable.Dispose()
    {
    }

    private sealed class Logger(Service service) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            service.Log.Enqueue((logLevel, formatter(state, exception)));
    }
}
