using DenseNetSharp.Classification;
using Microsoft.Extensions.DependencyInjection;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Goes on where <c>services.AddDenseNet(...)</c> ends.</summary>
public sealed class DenseNetBuilder
{
    internal DenseNetBuilder(string name, IServiceCollection services) => (Name, Services) = (name, services);

    /// <summary>The classifier's name; empty for the one without a name.</summary>
    public string Name { get; }

    /// <summary>The services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Lets the classifier compute on another engine than the fused one, unless its options name one.</summary>
    /// <param name="name">The engine's name in the options.</param>
    /// <param name="load">Makes the network of a checkpoint. It is called on a thread of the pool, for every checkpoint anew, and the
    /// network is disposed when its last prediction has ended. For libtorch: <c>load =&gt;
    /// DenseNetFactory.FromCheckpoint(load.Checkpoint, options: new() { Device = torch.device(load.Device ?? "cpu") })</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the fused engine's.</exception>
    public DenseNetBuilder UseEngine(string name, Func<EngineRequest, IImageNetwork> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(load);
        if (name.Equals(DenseNetClassifierOptions.FusedEngine, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The engine '{name}' is built in; another needs another name.", nameof(name));
        }

        Services.AddSingleton(new EngineRegistration(Name, name, load));
        Services.PostConfigure<DenseNetClassifierOptions>(Name, options => options.Engine ??= name);
        return this;
    }
}
