using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;
using DenseNetSharp.Weights;
using TorchSharp;

namespace DenseNetSharp.Cli.Models;

/// <summary>A checkpoint that a command line names, with the preset and labels that go with it. No tensor library is needed to
/// find it, or to load it onto the fused engine.</summary>
internal sealed record FoundCheckpoint
{
    /// <summary>The checkpoint's file.</summary>
    public required string Path { get; init; }

    /// <summary>The network that it belongs to.</summary>
    public required DenseNetSpec Spec { get; init; }

    public required ImagePreset Preset { get; init; }

    public IReadOnlyList<string>? Labels { get; private init; }

    public ClassificationTask Task { get; private init; }

    /// <summary>The weights' name: a file's, or the catalogue's.</summary>
    public required string Weights { get; init; }

    /// <summary>Whether images are turned upright, as they were for training.</summary>
    public bool ApplyExifOrientation { get; private init; }

    /// <summary>Where the checkpoint's description was found; null where it has none.</summary>
    public string? DescribedBy { get; private init; }

    /// <summary>Its entry in the catalogue; null for a file.</summary>
    private PretrainedWeights? Entry { get; init; }

    /// <summary>Finds what a command line names: a file, named weights, or the architecture's pretrained ones, which are
    /// downloaded where they are not there yet.</summary>
    public static FoundCheckpoint Find(CheckpointRequest request, CancellationToken cancellationToken)
    {
        var preset = request.Preset is null ? null : CommonOptions.RequirePreset(request.Preset);
        var weights = request.Weights;
        if (Directory.Exists(weights))
        {
            throw new UsageException($"--weights {weights} is a folder; name a checkpoint file.");
        }

        if (request.Model is not null)
        {
            CommonOptions.RequireArchitecture(request.Model);
        }

        if (Directory.Exists(request.LabelFile))
        {
            throw new UsageException($"--labels {request.LabelFile} is a folder; name a text file.");
        }

        var labels = request.LabelFile is null ? null : LabelFile.Read(request.LabelFile);
        return weights is not null && (File.Exists(weights) || !PretrainedWeightsCatalog.TryGet(weights, out _))
            ? FromFile(weights, request, preset, labels)
            : Pretrained(request, preset, labels, cancellationToken);
    }

    /// <summary>Loads its network onto the fused engine.</summary>
    public FusedDenseNet LoadFused(int threads) => FusedDenseNet.Load(Path, new() { MaxThreads = threads, Spec = Spec });

    /// <summary>Loads its network onto libtorch, which must be loaded itself.</summary>
    public DenseNet LoadOnLibtorch(torch.Device device, bool memoryEfficient = false, CancellationToken cancellationToken = default)
    {
        var options = new DenseNetOptions { Device = device, MemoryEfficient = memoryEfficient };
        return Entry is not null
            ? DenseNetFactory.Create(Entry, options: options, cancellationToken: cancellationToken)
            : DenseNetFactory.FromCheckpoint(Path, options: options);
    }

    private static FoundCheckpoint FromFile(
        string path, CheckpointRequest request, ImagePreset? preset, IReadOnlyList<string>? labels)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"--weights {path}: there is no such file, and no pretrained weights of that name "
                + $"({string.Join(", ", PretrainedWeightsCatalog.All.Select(entry => entry.Name))}).");
        }

        using var checkpoint = Checkpoint.Open(path);
        var described = DescribedCheckpoint.Of(checkpoint);
        var spec = described.Spec;
        RequireSame(request.Model, spec.Name, path);
        RequireOnePerClass(labels, request.LabelFile, spec.NumClasses, path);
        preset ??= described.Preset;
        RequireSameChannels(preset, spec, request.PresetRemedy);
        return new FoundCheckpoint
        {
            Path = path,
            Spec = spec,
            Preset = preset,
            Labels = labels ?? described.Labels,
            Task = described.Description?.Task ?? default,
            ApplyExifOrientation = described.Description?.ApplyExifOrientation ?? false,
            Weights = System.IO.Path.GetFileName(path),
            DescribedBy = described.DescribedBy,
        };
    }

    private static FoundCheckpoint Pretrained(
        CheckpointRequest request, ImagePreset? preset, IReadOnlyList<string>? labels, CancellationToken cancellationToken)
    {
        var entry = PretrainedWeightsCatalog.Get(request.Weights ?? request.Model ?? CommonOptions.DefaultModel);
        RequireSame(request.Model, entry.ArchitectureName, request.Weights);
        RequireOnePerClass(labels, request.LabelFile, entry.NumClasses, entry.Name);
        preset ??= entry.Preset;
        var spec = entry.RequireArchitecture() with { NumClasses = entry.NumClasses };
        RequireSameChannels(preset, spec, request.PresetRemedy);
        return new FoundCheckpoint
        {
            Path = WeightsDownload.FileOf(entry, cancellationToken),
            Spec = spec,
            Entry = entry,
            Preset = preset,
            Labels = labels ?? entry.Categories,
            Weights = entry.Name,
        };
    }

    private static void RequireSame(string? wanted, string? found, string? source)
    {
        if (wanted is not null && !wanted.Equals(found, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--model is {wanted}, but {source} is {found ?? "a DenseNet without a name"}.");
        }
    }

    private static void RequireOnePerClass(IReadOnlyList<string>? labels, string? labelSource, int classes, string source)
    {
        if (labels is not null && labels.Count != classes)
        {
            throw new InvalidDataException($"{labelSource} has {labels.Count} labels, but {source} has {classes} classes.");
        }
    }

    private static void RequireSameChannels(ImagePreset preset, DenseNetSpec spec, string remedy)
    {
        if (preset.Channels != spec.InputChannels)
        {
            throw new UsageException(
                $"The preset {preset.Name} makes images of {preset.Channels} {(preset.Channels == 1 ? "channel" : "channels")}, but the network "
                + $"takes {spec.InputChannels}; {remedy}.");
        }
    }
}
