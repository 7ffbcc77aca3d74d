using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Cli.Options;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class CommonOptions
{
    /// <summary>The architecture where --model is not given.</summary>
    public const string DefaultModel = "densenet121";

    public static Option<bool> Json() => new("--json") { Description = "one JSON document on standard output instead of text" };

    public static Option<string?> Model() => new("--model")
    {
        Description = "densenet121, densenetblur121d, densenet-bc-100-12, ...: 'densenet models' lists them",
        HelpName = "NAME",
    };

    public static Option<string?> Preset() => new("--preset")
    {
        Description = $"how images are prepared: {KnownPresets}, the name of pretrained weights, or a JSON file (a preset, or a run.json that has one)",
        HelpName = "NAME-or-FILE",
    };

    public static Option<string?> Labels() => new("--labels")
    {
        Description = "class names: a text file with one a line, JSON (a list, names by index or indices by name), or CSV",
        HelpName = "FILE",
    };

    public const string NoStrictName = "--no-strict";

    public static Option<bool> NoStrict() => new(NoStrictName)
    {
        Description = "load a checkpoint without tensors that the network has no place for, which may change its results; they are named",
    };

    public static Option<int> Threads() => CheckedOption.Count("--threads", "threads to compute on", PhysicalCores.Count, most: 1024);

    /// <summary>The side of the images that a network is made for: 224 for ImageNet's, 32 for CIFAR's.</summary>
    public static int UsualSideOf(DenseNetSpec spec) => RunClassifier.UsualPreset(spec).FixedOutputSize!.Value.Height;

    private static string KnownPresets => string.Join(", ", ImagePreset.All.Select(preset => preset.Name));

    /// <summary>The preset that --preset names.</summary>
    /// <exception cref="UsageException">There is none; the message lists the known names.</exception>
    /// <exception cref="InvalidDataException">It is a file that holds none.</exception>
    public static ImagePreset RequirePreset(string name) =>
        ImagePreset.TryGet(name, out var preset) ? preset
        : PretrainedWeightsCatalog.TryGet(name, out var weights) ? weights.Preset
        : File.Exists(name) ? ImagePreset.Load(name)
        : throw new UsageException($"--preset is {name}{WhatIs(name)}; it must be one of {KnownPresets}, the name of pretrained weights, or a JSON file.");

    private static string WhatIs(string name) =>
        Directory.Exists(name) ? ", a folder" : name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ", a file that is not there" : "";

    /// <summary>The architecture that --model names.</summary>
    /// <exception cref="UsageException">There is none; the message lists the known names.</exception>
    public static DenseNetSpec RequireArchitecture(string name) => DenseNetArchitectures.TryGet(name, out var spec)
        ? spec
        : throw new UsageException(
            $"--model is {name}; it must be one of {DenseNetArchitectures.KnownNames}.");
}
