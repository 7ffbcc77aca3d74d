using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>All classifiers of the service.</summary>
internal sealed class ModelHosts(
    IEnumerable<ClassifierRegistration> registrations,
    IOptionsFactory<DenseNetClassifierOptions> factory,
    IEnumerable<IOptionsChangeTokenSource<DenseNetClassifierOptions>> changes,
    IEnumerable<EngineRegistration> engines,
    ClassifierMetrics metrics,
    ILoggerFactory? loggers = null) : IModelReloader, IDisposable
{
    /// <summary>The classifiers in the order of their registration.</summary>
    public IReadOnlyList<ModelHost> All { get; } =
    [
        .. registrations.Select(registration => new ModelHost(
            registration, factory, changes, engines, metrics, (loggers ?? NullLoggerFactory.Instance).CreateLogger(typeof(ModelHosts).Namespace!))),
    ];

    /// <summary>The classifier without a name, else the first one.</summary>
    public ModelHost Default => All.FirstOrDefault(host => host.Name.Length == 0) ?? All[0];

    /// <summary>A classifier by its name; null for the <see cref="Default"/>.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public ModelHost this[string? name] => name is null
        ? Default
        : All.FirstOrDefault(host => host.Name == name)
            ?? throw new ArgumentException($"There is no classifier '{name}'; there are {string.Join(", ", All.Select(host => host.Title))}.", nameof(name));

    public Task ReloadAsync(string? name = null, CancellationToken cancellationToken = default) => this[name].ReloadAsync(cancellationToken);

    public Task WaitUntilReadyAsync(string? name = null, CancellationToken cancellationToken = default) =>
        this[name].WaitUntilReadyAsync(cancellationToken);

    public void Dispose()
    {
        foreach (var host in All)
        {
            host.Dispose();
        }
    }
}
