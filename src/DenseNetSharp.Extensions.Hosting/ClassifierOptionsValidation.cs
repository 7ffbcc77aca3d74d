using System.Globalization;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Says what is wrong with a classifier's options, a sentence a key.</summary>
/// <param name="registration">The classifier.</param>
/// <param name="engines">The engines beside the fused one.</param>
internal sealed class ClassifierOptionsValidation(ClassifierRegistration registration, IEnumerable<EngineRegistration> engines)
    : IValidateOptions<DenseNetClassifierOptions>
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _longestInterval = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, DenseNetClassifierOptions options)
    {
        if (name != registration.Name)
        {
            return ValidateOptionsResult.Skip;
        }

        var faults = FaultsOf(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FaultsOf(DenseNetClassifierOptions options) =>
    [
        .. FaultsOfModel(options),
        .. Between(nameof(options.Threads), options.Threads, 1, FusedDenseNetOptions.MostThreads),
        .. Between(nameof(options.MaxBytes), options.MaxBytes, 1, Array.MaxLength),
        .. Between(nameof(options.MaxPixels), options.MaxPixels, 1, long.MaxValue),
        .. Between(nameof(options.MaxConcurrency), options.MaxConcurrency, 1, int.MaxValue),
        .. Between(nameof(options.MaxQueue), options.MaxQueue, 0, int.MaxValue),
        .. Between(nameof(options.MaxBatch), options.MaxBatch, 1, 1024),
        .. Between(nameof(options.MaxBatchWait), options.MaxBatchWait, TimeSpan.Zero, _longestWait),
        .. Between(nameof(options.WatchInterval), options.WatchInterval, TimeSpan.Zero, _longestInterval),
    ];

    private IEnumerable<string> FaultsOfModel(DenseNetClassifierOptions options)
    {
        if (string.IsNullOrEmpty(options.File))
        {
            yield return $"{Key(nameof(options.File))} is not set; it names the checkpoint.";
        }
        else if (Directory.Exists(options.File))
        {
            yield return $"{Key(nameof(options.File))} is '{options.File}', which is a folder; it must name the checkpoint in it.";
        }
        else if (!File.Exists(options.File))
        {
            yield return $"{Key(nameof(options.File))} is '{options.File}', and there is no such file.";
        }

        var others = engines.Where(engine => engine.Classifier == registration.Name).Select(engine => engine.Engine).Distinct().ToList();
        if (options.Engine == DenseNetClassifierOptions.FusedEngine)
        {
            if (options.Device is not null && !options.Device.Equals("cpu", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"{Key(nameof(options.Device))} is '{options.Device}', but the fused engine computes on the CPU; UseEngine(...) brings another.";
            }
        }
        else if (!others.Contains(options.Engine!))
        {
            var known = string.Join(" or ", others.Prepend(DenseNetClassifierOptions.FusedEngine));
            yield return $"{Key(nameof(options.Engine))} is '{options.Engine}'; it must be {known}"
                + (others.Count == 0 ? ", or a name given to UseEngine(...)." : ".");
        }

        if (options.Preset is not null && !ImagePreset.TryGet(options.Preset, out _) && !File.Exists(options.Preset))
        {
            yield return $"{Key(nameof(options.Preset))} is '{options.Preset}'; it must be one of "
                + $"{string.Join(", ", ImagePreset.All.Select(preset => preset.Name))}, or a JSON file.";
        }

        if (options.Task is { } task && !Enum.IsDefined(task))
        {
            yield return $"{Key(nameof(options.Task))} is {(int)task}; it must be {ClassifierOptionsKeys.Tasks}.";
        }

        foreach (var (i, threshold) in (options.Thresholds ?? []).Index().Where(entry => entry.Item is < 0 or > 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{Key(nameof(options.Thresholds))}:{i} is {threshold}; it must be from 0 to 1.");
        }

        foreach (var (i, _) in (options.Labels ?? []).Index().Where(entry => string.IsNullOrWhiteSpace(entry.Item)))
        {
            yield return $"{Key(nameof(options.Labels))}:{i} is empty; it must be a class's name.";
        }
    }

    private IEnumerable<string> Between<T>(string key, T? value, T least, T most)
        where T : struct, IComparable<T>, IFormattable =>
        value is { } given && (given.CompareTo(least) < 0 || given.CompareTo(most) > 0)
            ? [string.Create(CultureInfo.InvariantCulture, $"{Key(key)} is {given}; it must be from {least} to {most}.")]
            : [];

    private string Key(string name) => $"{registration.Path}:{name}";
}
