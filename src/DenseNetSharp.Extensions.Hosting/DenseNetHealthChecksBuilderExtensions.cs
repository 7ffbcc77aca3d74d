using DenseNetSharp.Extensions.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Classifiers among a program's health checks.</summary>
public static class DenseNetHealthChecksBuilderExtensions
{
    /// <summary>Adds two checks of all classifiers: <c>densenet</c>, tagged <c>ready</c>, is unhealthy until every one has a network that
    /// has computed, and degraded where a newer one could not be loaded; <c>densenet-live</c>, tagged <c>live</c>, is healthy as long as
    /// changes are looked for.</summary>
    /// <param name="builder">The checks.</param>
    /// <returns>The checks.</returns>
    public static IHealthChecksBuilder AddDenseNet(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .Add(new HealthCheckRegistration("densenet", provider => new ReadyCheck(provider.GetRequiredService<ModelHosts>()), null, ["ready"]))
            .Add(new HealthCheckRegistration(
                "densenet-live", provider => new LiveCheck(provider.GetRequiredService<ModelHostService>()), null, ["live"]));
    }
}
