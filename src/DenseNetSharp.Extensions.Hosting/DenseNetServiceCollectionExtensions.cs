using System.Diagnostics.Metrics;
using DenseNetSharp.Classification;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Classifiers among a program's services.</summary>
/// <remarks>What they do not take, they reject with an <see cref="ImageRejectedException"/>. The host loads their networks after its start
/// and looks for newer ones; without a host <see cref="IModelReloader"/> loads them.</remarks>
public static class DenseNetServiceCollectionExtensions
{
    /// <summary>Adds a classifier, to be injected as <see cref="IImageClassifier"/>, with the options in the section <c>DenseNet</c> of the
    /// host's configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options after the configuration; null for nothing.</param>
    /// <returns>A builder to go on with.</returns>
    /// <exception cref="InvalidOperationException">There is one without a name already.</exception>
    public static DenseNetBuilder AddDenseNet(this IServiceCollection services, Action<DenseNetClassifierOptions>? configure = null) =>
        Add(services, new ClassifierRegistration(Options.Options.DefaultName, Section: null), configure);

    /// <summary>Adds a classifier of a name, to be injected as <c>[FromKeyedServices("NAME")] IImageClassifier</c>, with the options in the
    /// section <c>DenseNet:NAME</c> of the host's configuration. The first one is the one without a key, too, unless there is another.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Its name.</param>
    /// <param name="configure">Sets options after the configuration; null for nothing.</param>
    /// <returns>A builder to go on with.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">It is taken.</exception>
    public static DenseNetBuilder AddDenseNet(this IServiceCollection services, string name, Action<DenseNetClassifierOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, new ClassifierRegistration(name, Section: null), configure);
    }

    /// <summary>Adds a classifier of a name with the options in any section of a configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">Its name.</param>
    /// <param name="section">The section.</param>
    /// <param name="configure">Sets options after the configuration; null for nothing.</param>
    /// <returns>A builder to go on with.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">It is taken.</exception>
    public static DenseNetBuilder AddDenseNet(
        this IServiceCollection services, string name, IConfigurationSection section, Action<DenseNetClassifierOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, new ClassifierRegistration(name, section), configure);
    }

    private static DenseNetBuilder Add(
        IServiceCollection services, ClassifierRegistration registration, Action<DenseNetClassifierOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        var name = registration.Name;
        if (services.Any(service => service.ImplementationInstance is ClassifierRegistration other && other.Name == name))
        {
            throw new InvalidOperationException($"There is a classifier '{registration.Title}' already; a second one needs a name of its own.");
        }

        AddShared(services);
        services.AddSingleton(registration);
        services.AddKeyedSingleton(registration, (provider, _) => new ClassifierOptionsBinding(
            registration,
            provider.GetServices<ClassifierRegistration>(),
            provider.GetService<IConfiguration>(),
            provider.GetService<IHostEnvironment>(),
            provider.GetServices<EngineRegistration>()));
        services.AddSingleton<IConfigureOptions<DenseNetClassifierOptions>>(Binding);
        services.AddSingleton<IPostConfigureOptions<DenseNetClassifierOptions>>(Binding);
        services.AddSingleton<IOptionsChangeTokenSource<DenseNetClassifierOptions>>(Binding);
        services.AddSingleton<IValidateOptions<DenseNetClassifierOptions>>(provider =>
            new ClassifierOptionsValidation(registration, provider.GetServices<EngineRegistration>()));
        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        if (name.Length == 0)
        {
            services.AddSingleton<IImageClassifier>(provider => provider.GetRequiredService<ModelHosts>()[name].Classifier);
        }
        else
        {
            services.AddKeyedSingleton<IImageClassifier>(name, (provider, _) => provider.GetRequiredService<ModelHosts>()[name].Classifier);
            services.TryAddSingleton<IImageClassifier>(provider => provider.GetRequiredService<ModelHosts>().Default.Classifier);
        }

        return new DenseNetBuilder(name, services);

        ClassifierOptionsBinding Binding(IServiceProvider provider) => provider.GetRequiredKeyedService<ClassifierOptionsBinding>(registration);
    }

    /// <summary>What all classifiers share.</summary>
    private static void AddShared(IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(provider => new ClassifierMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton<ModelHosts>();
        services.TryAddSingleton<IModelReloader>(provider => provider.GetRequiredService<ModelHosts>());
        if (!services.Any(service => service.ServiceType == typeof(ModelHostService)))
        {
            services.AddSingleton<ModelHostService>();
            services.AddHostedService(provider => provider.GetRequiredService<ModelHostService>());
        }
    }
}
