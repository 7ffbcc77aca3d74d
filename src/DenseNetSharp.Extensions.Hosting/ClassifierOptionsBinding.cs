using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Reads a classifier's options from its section of the configuration, and tells when that changes.</summary>
/// <param name="registration">The classifier.</param>
/// <param name="others">All classifiers, whose sections may be among its keys.</param>
/// <param name="configuration">The host's configuration; null for none.</param>
/// <param name="environment">Where relative paths begin; null for the current folder.</param>
/// <param name="engines">The engines beside the fused one.</param>
internal sealed class ClassifierOptionsBinding(
    ClassifierRegistration registration,
    IEnumerable<ClassifierRegistration> others,
    IConfiguration? configuration,
    IHostEnvironment? environment,
    IEnumerable<EngineRegistration> engines)
    : IConfigureNamedOptions<DenseNetClassifierOptions>, IPostConfigureOptions<DenseNetClassifierOptions>,
        IOptionsChangeTokenSource<DenseNetClassifierOptions>
{
    private readonly IConfigurationSection? _section =
        registration.Section ?? configuration?.GetSection(registration.Path);

    string IOptionsChangeTokenSource<DenseNetClassifierOptions>.Name => registration.Name;

    public IChangeToken GetChangeToken() => _section?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);

    public void Configure(DenseNetClassifierOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, DenseNetClassifierOptions options)
    {
        if (name != registration.Name || _section is null)
        {
            return;
        }

        var faults = ClassifierOptionsKeys.FaultsOf(_section, [.. others.Select(other => other.Path)]).ToList();
        if (faults.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(DenseNetClassifierOptions), faults);
        }

        _section.Bind(options);
        // Binding takes an empty value of any other type for none.
        (options.File, options.Engine) = (NullIfEmpty(options.File), NullIfEmpty(options.Engine));
        (options.Device, options.Preset) = (NullIfEmpty(options.Device), NullIfEmpty(options.Preset));
    }

    public void PostConfigure(string? name, DenseNetClassifierOptions options)
    {
        if (name != registration.Name)
        {
            return;
        }

        var own = engines.Where(engine => engine.Classifier == name).Select(engine => engine.Engine).ToList();
        options.Engine ??= own.LastOrDefault() ?? DenseNetClassifierOptions.FusedEngine;
        // As it was registered, whatever the case.
        options.Engine = own.Append(DenseNetClassifierOptions.FusedEngine)
            .FirstOrDefault(engine => engine.Equals(options.Engine, StringComparison.OrdinalIgnoreCase)) ?? options.Engine;
        options.File = FullPath(options.File);
        if (!string.IsNullOrEmpty(options.Preset) && !Images.ImagePreset.TryGet(options.Preset, out _))
        {
            options.Preset = FullPath(options.Preset);
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private string? FullPath(string? path) => string.IsNullOrEmpty(path) ? path
        : Path.GetFullPath(path, environment?.ContentRootPath is { Length: > 0 } root ? Path.GetFullPath(root) : Directory.GetCurrentDirectory());
}
