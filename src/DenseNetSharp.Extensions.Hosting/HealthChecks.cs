using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Healthy where every classifier has a network; degraded where one has an old network, for another could not be loaded.</summary>
internal sealed class ReadyCheck(ModelHosts hosts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = hosts.All.Any(host => !host.IsReady) ? context.Registration.FailureStatus
            : hosts.All.Any(host => host.Failure is not null) ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        return Task.FromResult(new HealthCheckResult(status, string.Join("; ", hosts.All.Select(Describe))));
    }

    private static string Describe(ModelHost host) => (host.File, host.Failure) switch
    {
        (null, null) => $"{host.Title}: no network is loaded yet",
        (null, { } failure) => $"{host.Title}: no network is loaded: {failure}",
        ({ } file, null) => $"{host.Title}: {file}",
        ({ } file, { } failure) => $"{host.Title}: {file} stays, for another could not be loaded: {failure}",
    };
}

/// <summary>Healthy as long as nothing has ended that looks for changes.</summary>
internal sealed class LiveCheck(ModelHostService service) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(service.Running.Exception is { } exception
            ? new HealthCheckResult(context.Registration.FailureStatus, exception.GetBaseException().Message, exception)
            : HealthCheckResult.Healthy());
}
