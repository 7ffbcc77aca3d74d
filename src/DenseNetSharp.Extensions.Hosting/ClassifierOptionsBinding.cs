using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Reads a classifier's options from its section of the configuration, and tells when that changes.</summary>
/// <param name="registration">The classifier.</param>
/// <param name="configuration">The host's configuration; null for none.</param>
/// <param name="environment">Where relative paths begin; null for the current folder.</param>
/// <param name="engines">The engines beside the fused one.</param>
internal sealed class ClassifierOptionsBinding(
    ClassifierRegistration registration,
    IConfiguration? configuration,
    IHostEnvironment? environment,
    IEnumerable<EngineRegistration> engines)
    : IConfigureNamedOptions<DenseNetClassifierOptions>, IPostConfigureOptions<DenseNetClassifierOptions>,
        IOptionsChangeTokenSource<DenseNetClassifierOptions>
{
    private static readonly string[] _keys =
    [
        nameof(DenseNetClassifierOptions.File), nameof(DenseNetClassifierOptions.Engine), nameof(DenseNetClassifierOptions.Device),
        nameof(DenseNetClassifierOptions.Threads), nameof(DenseNetClassifierOptions.Preset), nameof(DenseNetClassifierOptions.Task),
        nameof(DenseNetClassifierOptions.Labels), nameof(DenseNetClassifierOptions.Thresholds), nameof(DenseNetClassifierOptions.MaxBytes),
        nameof(DenseNetClassifierOptions.MaxPixels), nameof(DenseNetClassifierOptions.MaxConcurrency),
        nameof(DenseNetClassifierOptions.MaxQueue), nameof(DenseNetClassifierOptions.MaxBatch),
        nameof(DenseNetClassifierOptions.MaxBatchWait), nameof(DenseNetClassifierOptions.WatchInterval),
        nameof(DenseNetClassifierOptions.WarmUp),
    ];

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

        // Beside the keys of the classifier without a name are the sections of the others.
        var unknown = _section.GetChildren().Where(child =>
            !_keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && (name.Length > 0 || child.Value is not null)).ToList();
        if (unknown.Count > 0)
        {
            throw new OptionsValidationException(
                name, typeof(DenseNetClassifierOptions), unknown.Select(child => $"{child.Path} is no setting; there are {string.Join(", ", _keys)}."));
        }

        _section.Bind(options);
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

    private string? FullPath(string? path) => string.IsNullOrEmpty(path) ? path
        : Path.GetFullPath(path, environment?.ContentRootPath is { Length: > 0 } root ? Path.GetFullPath(root) : Directory.GetCurrentDirectory());
}
