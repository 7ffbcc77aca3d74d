using System.CommandLine;
using System.Text.Json;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Files;
using DenseNetSharp.Images;
using TorchSharp;

namespace DenseNetSharp.Cli.Models;

/// <summary>The options of every command that takes a network, most often to run it over images.</summary>
internal sealed class NetworkOptions
{
    private readonly bool _featuresOnly;
    private readonly Option<string?> _model = CommonOptions.Model();
    private readonly Option<string?> _weights;
    private readonly Option<string[]> _members;
    private readonly Option<string?> _augmentation = AugmentationArgument.Create();
    private readonly PresetOptions _preset;

    private readonly Option<string> _device = DeviceArgument.Create();

    private readonly Option<bool?> _channelsLast = LayoutOption.Create();

    private readonly Option<string?> _task = CheckedOption.Choice(
        "--task",
        "what the outputs mean: classes that exclude each other, that do not, or raw values; as the checkpoint says if not given",
        "multiclass", "multilabel", "none");

    private readonly Option<bool> _noStrict = CommonOptions.NoStrict();

    private readonly Option<string?> _headActivation = HeadActivation();

    private readonly Option<int> _threads = CommonOptions.Threads();

    private readonly Option<int> _batchSize = CheckedOption.Count("--batch-size", "images a forward pass", 8, most: 1024);

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="requireWeights">Whether --weights must be given; without it the architecture's pretrained ones are taken.</param>
    /// <param name="featuresOnly">Whether the features are all that is wanted.</param>
    /// <param name="computes">Whether the command runs the network.</param>
    /// <param name="predicts">Whether it makes predictions of its outputs, of several networks' too.</param>
    public NetworkOptions(Command command, bool requireWeights = false, bool featuresOnly = false, bool computes = true, bool predicts = false)
    {
        _featuresOnly = featuresOnly;
        var description = "a checkpoint file or the name of pretrained weights"
            + (requireWeights ? "" : "; the architecture's pretrained weights by default");
        _weights = new Option<string?>("--weights") { Description = description, HelpName = "FILE-or-NAME", Required = requireWeights };
        _members = new Option<string[]>("--weights")
        {
            Description = $"{description}; several, each after a --weights of its own, are an ensemble: the mean of their probabilities",
            HelpName = "FILE-or-NAME",
            Required = requireWeights,
        };
        Option[] own = [_model, predicts ? _members : _weights, _noStrict, .. predicts ? new Option[] { _augmentation } : []];
        foreach (var option in computes ? [.. own, _device, _channelsLast, _threads, _batchSize] : own)
        {
            command.Options.Add(option);
        }

        _preset = new PresetOptions(command);
        if (!featuresOnly)
        {
            command.Options.Add(_task);
            command.Options.Add(_headActivation);
        }
    }

    /// <summary>The option for the activation in a head of several layers.</summary>
    public static Option<string?> HeadActivation() => CheckedOption.Choice(
        "--head-activation",
        "the activation between the layers of a head of several, which a state dict does not name; relu if not given",
        "relu", "none", "gelu", "silu", "tanh", "sigmoid", "leakyrelu", "elu");

    /// <summary>What that option says; null where it is not given.</summary>
    public static HeadLayerKind? HeadActivationOf(ParseResult arguments, Option<string?> option) => arguments.GetValue(option) switch
    {
        null => null,
        "none" => HeadLayerKind.Identity,
        var name => Enum.Parse<HeadLayerKind>(name, ignoreCase: true),
    };

    /// <summary>How many checkpoints a command that predicts is given.</summary>
    public int CountOf(ParseResult arguments) => arguments.GetValue(_members)?.Length ?? 0;

    /// <summary>What --tta says.</summary>
    public AugmentationArgument AugmentationOf(ParseResult arguments) => new(arguments.GetValue(_augmentation));

    /// <summary>Whether the fused engine is to compute.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="engine">What --engine says, or null.</param>
    /// <exception cref="UsageException">The fused engine is asked for on another device than the CPU, or in a layout.</exception>
    public bool IsFused(ParseResult arguments, string? engine)
    {
        var isFused = EngineOption.IsFused(engine, arguments.GetValue(_device)!);
        return isFused && arguments.GetValue(_channelsLast) is not null
            ? throw new UsageException($"{LayoutOption.Name} is for libtorch (--engine {EngineOption.Torch}); the fused engine has a layout of its own.")
            : isFused;
    }

    /// <summary>Finds the checkpoint, says what its own description gave, and loads its network.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="isFused">Whether the fused engine is to compute, without libtorch.</param>
    /// <param name="labelFile">A file of class names; null for the checkpoint's own.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    public LoadedNetwork Load(ParseResult arguments, bool isFused, string? labelFile, CancellationToken cancellationToken) =>
        Load(arguments, isFused, Request(arguments, arguments.GetValue(_weights), labelFile, _featuresOnly), cancellationToken);

    /// <summary>The same for a command that predicts, of each checkpoint that is named.</summary>
    /// <inheritdoc cref="Load(ParseResult, bool, string?, CancellationToken)"/>
    public LoadedNetworks LoadAll(ParseResult arguments, bool isFused, string? labelFile, CancellationToken cancellationToken)
    {
        // No name is for the architecture's pretrained weights.
        var names = arguments.GetValue(_members) is { Length: > 0 } given ? given : new string?[1];
        var members = new List<LoadedNetwork>();
        try
        {
            foreach (var name in names)
            {
                members.Add(Load(arguments, isFused, Request(arguments, name, labelFile, _featuresOnly), cancellationToken));
            }
        }
        catch
        {
            members.ForEach(member => member.Dispose());
            throw;
        }

        return new LoadedNetworks(members, [.. names.Zip(members, (name, member) => name ?? member.Checkpoint.Weights)]);
    }

    /// <summary>Finds the checkpoint and says what its own description gave.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="labelFile">A file of class names; null for the checkpoint's own.</param>
    /// <param name="featuresOnly">Whether the features are all that is wanted.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    public FoundCheckpoint Find(ParseResult arguments, string? labelFile, bool featuresOnly, CancellationToken cancellationToken) =>
        Find(Request(arguments, arguments.GetValue(_weights), labelFile, featuresOnly), cancellationToken);

    /// <summary>What a command line's results depend on, for <see cref="ResultSettings"/>.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="checkpoints">The checkpoints that it names.</param>
    /// <param name="reading">How images are read.</param>
    /// <param name="isFused">Whether the fused engine computes.</param>
    /// <param name="cancellationToken">Ends the reading of the weights.</param>
    public Dictionary<string, string> SettingsOf(
        ParseResult arguments,
        IReadOnlyList<FoundCheckpoint> checkpoints,
        ImageReading reading,
        bool isFused,
        CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["command"] = arguments.CommandResult.Command.Name,
            ["engine"] = isFused ? EngineOption.Fused : EngineOption.Torch,
            ["device"] = arguments.GetValue(_device)!,
        };
        foreach (var (i, found) in checkpoints.Index())
        {
            var place = checkpoints.Count > 1 ? $" {i + 1}" : "";
            var hash = FileHash.Sha256Async(found.Path, cancellationToken).GetAwaiter().GetResult();
            settings.Add($"weights{place}", $"{found.Weights}, SHA-256 {hash}");
            settings.Add($"preset{place}", found.Preset.Name);
            settings.Add($"preparation{place}", JsonSerializer.Serialize(found.Preset));
        }

        Add("model", arguments.GetValue(_model));
        Add(CommonOptions.NoStrictName, arguments.GetValue(_noStrict) ? "given" : null);
        Add(ReadingOptions.ExifOrientation, reading.Decode.ApplyExifOrientation ? "given" : null);
        Add(ReadingOptions.KeepGrayBits, reading.Decode.KeepUpperBitsOfGray ? "given" : null);
        if (!_featuresOnly)
        {
            Add(_headActivation.Name, arguments.GetValue(_headActivation));
            Add(AugmentationArgument.Option, AugmentationOf(arguments).Name);
        }

        return settings;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                settings.Add(name.TrimStart('-'), value);
            }
        }
    }

    /// <summary>How images are read for the network.</summary>
    public ImageBatchOptions Batches(ParseResult arguments, ImageReading reading) => new()
    {
        BatchSize = arguments.GetValue(_batchSize),
        Workers = arguments.GetValue(_threads),
        Decode = reading.Decode,
    };

    private LoadedNetwork Load(ParseResult arguments, bool isFused, CheckpointRequest request, CancellationToken cancellationToken) => isFused
        ? LoadFused(request, arguments.GetValue(_threads), cancellationToken)
        : LoadOnLibtorch(request, arguments, cancellationToken);

    private CheckpointRequest Request(ParseResult arguments, string? weights, string? labelFile, bool featuresOnly) => new()
    {
        Model = arguments.GetValue(_model),
        Weights = weights,
        Preset = _preset.Of(arguments),
        LabelFile = labelFile,
        Task = featuresOnly ? null : TaskArgument.Parse(arguments.GetValue(_task)),
        Strict = !arguments.GetValue(_noStrict),
        FeaturesOnly = featuresOnly,
        HeadActivation = featuresOnly ? null : HeadActivationOf(arguments, _headActivation),
    };

    private static LoadedNetwork LoadFused(CheckpointRequest request, int threads, CancellationToken cancellationToken)
    {
        var found = Find(request, cancellationToken);
        return new LoadedNetwork(found, found.LoadFused(threads));
    }

    private LoadedNetwork LoadOnLibtorch(CheckpointRequest request, ParseResult arguments, CancellationToken cancellationToken)
    {
        TorchLibraries.Load();
        torch.set_num_threads(arguments.GetValue(_threads));
        var device = DeviceArgument.Parse(arguments.GetValue(_device)!);
        var found = Find(request, cancellationToken);
        var network = found.LoadOnLibtorch(device, arguments.GetValue(_channelsLast), cancellationToken: cancellationToken);
        network.eval();
        return new LoadedNetwork(found, network);
    }

    /// <summary>Whether a preset is torchxrayvision's, or was made of it.</summary>
    private static bool IsChestXray(ImagePreset preset) => preset.Name.StartsWith(ImagePreset.ChestXray.Name, StringComparison.Ordinal);

    private static FoundCheckpoint Find(CheckpointRequest request, CancellationToken cancellationToken)
    {
        var found = FoundCheckpoint.Find(request, cancellationToken);
        found.Report(
            ("preset", request.Preset.Named is null),
            ("class names", request.LabelFile is null && found.IsNamedByDescription),
            ("EXIF orientation", found.ApplyExifOrientation),
            ("16-bit gray", found.KeepGrayBits),
            ("task", found.TaskSource == found.DescribedBy),
            ("thresholds", found.UsesDescribedThresholds));
        if (!request.FeaturesOnly && found.TaskSource is null && found.Spec.NumClasses > 1 && IsChestXray(found.Preset))
        {
            Console.Error.WriteLine(
                $"densenet: the preset {found.Preset.Name} is for findings that do not exclude each other, but nothing says what the outputs mean: the "
                + "probabilities are a softmax's, which sum to 1; --task multilabel gives each finding its own");
        }

        return found;
    }
}
