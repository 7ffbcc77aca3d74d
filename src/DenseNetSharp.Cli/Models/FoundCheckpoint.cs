using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints.Hdf5;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;
using DenseNetSharp.Onnx;
using DenseNetSharp.StateDicts;
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

    /// <summary>Where the task comes from; null where nothing says so.</summary>
    public string? TaskSource { get; private init; }

    /// <summary>The probability from which on a class counts as found, one a class; null for 0.5 each.</summary>
    public IReadOnlyList<float>? Thresholds { get; private init; }

    /// <summary>What the scores are divided by before softmax or sigmoid; 1 for the scores as they are.</summary>
    public double Temperature { get; private init; } = 1;

    /// <summary>What the file itself gave and what of it was left out, a sentence's part each.</summary>
    public IReadOnlyList<string> Remarks { get; private init; } = [];

    /// <summary>The weights' name: a file's, or the catalogue's.</summary>
    public required string Weights { get; init; }

    /// <summary>The weights as the command line names them.</summary>
    public string Source => Entry is null ? Path : Weights;

    /// <summary>Whether images are turned upright, as they were for training.</summary>
    public bool ApplyExifOrientation { get; private init; }

    /// <summary>Whether gray of 16 bits keeps its upper 8, as it did for training.</summary>
    public bool KeepGrayBits { get; private init; }

    /// <summary>Whether the description's thresholds are used.</summary>
    public bool UsesDescribedThresholds { get; private init; }

    /// <summary>Whether the description has the classes' names.</summary>
    public bool IsNamedByDescription { get; private init; }

    /// <summary>Where the checkpoint's description was found; null where it has none.</summary>
    public string? DescribedBy { get; private init; }

    /// <summary>The input channels that the weights are brought to; null for their own.</summary>
    private int? InputChannels { get; init; }

    /// <summary>Whether tensors that the network has no place for are refused.</summary>
    private bool Strict { get; init; } = true;

    /// <summary>Its entry in the catalogue; null for a file.</summary>
    private PretrainedWeights? Entry { get; init; }

    /// <summary>Finds what a command line names: a file, named weights, or the architecture's pretrained ones, which are
    /// downloaded where they are not there yet.</summary>
    public static FoundCheckpoint Find(CheckpointRequest request, CancellationToken cancellationToken)
    {
        var weights = request.Weights;
        if (Directory.Exists(weights))
        {
            throw new UsageException($"--weights {weights} is a folder; name a checkpoint file.");
        }

        var named = request.Model is null ? null : CommonOptions.RequireArchitecture(request.Model);
        if (Directory.Exists(request.LabelFile))
        {
            throw new UsageException($"--labels {request.LabelFile} is a folder; name a text file.");
        }

        var labels = request.LabelFile is null ? null : LabelFile.Read(request.LabelFile);
        return weights is not null && (File.Exists(weights) || !PretrainedWeightsCatalog.TryGet(weights, out _))
            ? FromFile(weights, request, named, labels)
            : Pretrained(request, named, labels, cancellationToken);
    }

    /// <summary>The same checkpoint with another temperature, and the thresholds that belong to it.</summary>
    public FoundCheckpoint At(double temperature, IReadOnlyList<float>? thresholds) => this with { Temperature = temperature, Thresholds = thresholds };

    /// <summary>Says on standard error what comes from the description, and what else is to be said of the file.</summary>
    /// <param name="parts">What the description may have, and whether it is used.</param>
    public void Report(params (string What, bool IsUsed)[] parts)
    {
        string[] used = [.. parts.Where(part => part.IsUsed).Select(part => part.What)];
        if (DescribedBy is not null && used.Length > 0)
        {
            Console.Error.WriteLine($"densenet: {string.Join(", ", used)} from {DescribedBy}");
        }

        foreach (var remark in Remarks)
        {
            Console.Error.WriteLine($"densenet: {remark}");
        }
    }

    /// <summary>Loads its network onto the fused engine.</summary>
    public FusedDenseNet LoadFused(int threads)
    {
        using var checkpoint = KerasWeights.Open(Path);
        return FusedDenseNet.Load(checkpoint, new() { MaxThreads = threads, Spec = Spec, Strict = Strict });
    }

    /// <summary>Writes its network as ONNX.</summary>
    /// <param name="path">The file.</param>
    /// <param name="spec">The network, or its features alone.</param>
    /// <param name="options">How.</param>
    public void ExportOnnx(string path, DenseNetSpec spec, OnnxExportOptions options)
    {
        using var checkpoint = KerasWeights.Open(Path);
        checkpoint.ExportOnnx(path, options with { Spec = spec, Strict = Strict });
    }

    /// <summary>Loads its network onto libtorch, which must be loaded itself.</summary>
    public DenseNet LoadOnLibtorch(
        torch.Device device, bool? channelsLast, bool memoryEfficient = false, int? numClasses = null, CancellationToken cancellationToken = default)
    {
        var options = new DenseNetOptions
        {
            Device = device,
            ChannelsLast = channelsLast,
            MemoryEfficient = memoryEfficient,
            Strict = Strict,
            Spec = Spec,
            InputChannels = InputChannels,
        };
        if (Entry is not null)
        {
            return DenseNetFactory.Create(Entry, options: options, cancellationToken: cancellationToken);
        }

        // One class stands in for the classifier that the checkpoint does not have.
        using var checkpoint = KerasWeights.Open(Path);
        return DenseNetFactory.FromCheckpoint(checkpoint, numClasses ?? (Spec.NumClasses == 0 ? 1 : null), options);
    }

    private static FoundCheckpoint FromFile(string path, CheckpointRequest request, DenseNetSpec? named, IReadOnlyList<string>? labels)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"--weights {path}: there is no such file, and no pretrained weights of that name "
                + $"({string.Join(", ", PretrainedWeightsCatalog.All.Select(entry => entry.Name))}).");
        }

        using var checkpoint = KerasWeights.Open(path);
        var described = DescribedCheckpoint.Of(checkpoint, request.Task, request.FeaturesOnly, named);
        var spec = described.Spec;
        RequireSame(named, spec, path);
        if (request.HeadActivation is { } activation)
        {
            spec = spec.Head.Count > 0
                ? spec.WithHeadActivation(activation)
                : throw new UsageException($"--head-activation is for a head of several layers; {path} has none.");
        }

        RequireOnePerClass(labels, request.LabelFile, spec.NumClasses, path);
        var match = StateDictMatch.Create(spec, checkpoint);
        // Names that --labels gives take the place of the file's own.
        List<string> remarks =
        [
            .. described.Remarks.Where(remark => labels is null || remark != described.NamesRemark),
            .. ToldOf(match, request, spec.Head.Count > 0),
            .. AsideOf(match, request.Strict),
        ];
        var channels = ChannelsOf(request, ref spec, path, remarks);
        var own = described.Description?.Preset ?? RunClassifier.UsualPreset(spec);
        return new FoundCheckpoint
        {
            Path = path,
            Spec = spec,
            Preset = request.Preset.For(own, spec.InputChannels, request.PresetRemedy, remarks),
            Labels = labels ?? described.Labels,
            Task = described.Task,
            TaskSource = request.Task is null ? described.TaskSource : "--task",
            Thresholds = described.Thresholds,
            Temperature = described.Temperature,
            Remarks = remarks,
            Strict = request.Strict,
            InputChannels = channels,
            ApplyExifOrientation = described.Description?.ApplyExifOrientation ?? false,
            KeepGrayBits = described.Description?.KeepGrayBits ?? false,
            UsesDescribedThresholds = described is { Task: ClassificationTask.Multilabel, Description.Thresholds: not null },
            IsNamedByDescription = described.Description?.ClassNames is not null,
            Weights = System.IO.Path.GetFileName(path),
            DescribedBy = described.DescribedBy,
        };
    }

    private static FoundCheckpoint Pretrained(
        CheckpointRequest request, DenseNetSpec? named, IReadOnlyList<string>? labels, CancellationToken cancellationToken)
    {
        var name = request.Weights ?? request.Model ?? CommonOptions.DefaultModel;
        var entry = PretrainedWeightsCatalog.TryGet(name, out var known) ? known
            : throw new UsageException($"There are no pretrained weights of {name}; --weights names a checkpoint file, or, in finetune, none for random ones.");
        RequireSame(named, entry.RequireArchitecture(), request.Weights);
        RequireOnePerClass(labels, request.LabelFile, entry.NumClasses, entry.Name);
        var spec = entry.RequireArchitecture() with { NumClasses = entry.NumClasses };
        var remarks = new List<string>();
        var channels = ChannelsOf(request, ref spec, entry.Name, remarks);
        var preset = request.Preset.For(entry.Preset, spec.InputChannels, request.PresetRemedy, remarks);
        return new FoundCheckpoint
        {
            Path = WeightsDownload.FileOf(entry, cancellationToken),
            Spec = spec,
            Entry = entry,
            Preset = preset,
            Labels = labels ?? entry.Categories,
            Task = request.Task ?? ClassificationTask.Multiclass,
            TaskSource = entry.Name,
            Remarks = remarks,
            InputChannels = channels,
            Weights = entry.Name,
        };
    }

    /// <summary>The channels that a network for colour images is to be brought to, which is said; null for none.</summary>
    private static int? ChannelsOf(CheckpointRequest request, ref DenseNetSpec spec, string weights, List<string> remarks)
    {
        if (!request.ConvertsChannels || spec.InputChannels != 3 || request.Preset.Channels is null or 3)
        {
            return null;
        }

        spec = spec with { InputChannels = request.Preset.Channels.Value };
        remarks.Add($"the first filters of {weights} are summed over their colours, for images of one channel");
        return spec.InputChannels;
    }

    /// <summary>What the network has that its tensors do not tell, and what tells it.</summary>
    private static IEnumerable<string> ToldOf(StateDictMatch match, CheckpointRequest request, bool hasHead) =>
        match.Rules
            .Where(rule => rule.Name == DenseNetKeys.StemPooling
                || (rule.Name == DenseNetKeys.HeadReLU && request.HeadActivation is null && hasHead))
            .Select(rule => rule.Name == DenseNetKeys.HeadReLU ? $"{rule.Description}; --head-activation names another" : rule.Description);

    /// <summary>What of a file is not used, by what it is.</summary>
    private static IEnumerable<string> AsideOf(StateDictMatch match, bool strict)
    {
        // The thresholds are used, or that they are not has been said.
        string[] aside = [.. match.Aside.Where(key => !key.EndsWith(PickleNames.OperatingThresholds, StringComparison.Ordinal))];
        if (aside.Length > 0)
        {
            yield return $"left out of the file, as no part of the network: {KeyNames.Counted(aside)}";
        }

        if (!strict && match.Unexpected.Count > 0)
        {
            yield return $"left out of the file by --no-strict, whatever they do to its results: {KeyNames.Counted(match.Unexpected)}";
        }

        if (!strict)
        {
            foreach (var module in match.UnexpectedModules)
            {
                yield return $"computed without regard to the file's {Terminal.Printable(module)}, by --no-strict";
            }
        }
    }

    private static void RequireSame(DenseNetSpec? wanted, DenseNetSpec found, string? source)
    {
        if (wanted?.HasFeaturesOf(found) == false)
        {
            throw new UsageException($"--model is {wanted.Name}, but {source} is {found.Name ?? "a DenseNet without a name"}.");
        }
    }

    private static void RequireOnePerClass(IReadOnlyList<string>? labels, string? labelSource, int classes, string source)
    {
        if (labels is not null && labels.Count != classes)
        {
            throw new InvalidDataException($"{labelSource} has {labels.Count} labels, but {source} has {classes} classes.");
        }
    }
}
