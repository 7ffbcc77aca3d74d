using Microsoft.Extensions.Hosting;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Lets the classifiers begin and end with the host.</summary>
internal sealed class ModelHostService(ModelHosts hosts) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The classifiers' loading and looking for changes, which goes on as long as the host.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var host in hosts.All)
        {
            host.RequireOptions();
        }

        Running = Task.WhenAll(hosts.All.Select(host => Task.Run(() => host.RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Lets no batch wait any more: the server, which ends before this service, answers what is under way.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        foreach (var host in hosts.All)
        {
            host.EndWaits();
        }

        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the looking for changes; the networks answer until the services are disposed.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();
}
