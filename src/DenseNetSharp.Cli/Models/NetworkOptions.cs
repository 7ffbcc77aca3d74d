using System.CommandLine;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Libtorch;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Images;
using TorchSharp;

namespace DenseNetSharp.Cli.Models;

/// <summary>The options of every command that takes a network, most often to run it over images.</summary>
internal sealed class NetworkOptions
{
    private readonly bool _featuresOnly;
    private readonly Option<string?> _model = CommonOptions.Model();
    private readonly Option<string?> _weights;
    private readonly PresetOptions _preset;

    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda, cuda:N or mps",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

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
    public NetworkOptions(Command command, bool requireWeights = false, bool featuresOnly = false, bool computes = true)
    {
        _featuresOnly = featuresOnly;
        _weights = new Option<string?>("--weights")
        {
            Description = "a checkpoint file or the name of pretrained weights"
                + (requireWeights ? "" : "; the architecture's pretrained weights by default"),
            HelpName = "FILE-or-NAME",
            Required = requireWeights,
        };
        Option[] own = [_model, _weights, _noStrict];
        foreach (var option in computes ? [.. own, _device, _threads, _batchSize] : own)
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

    /// <summary>What --weights says, or null.</summary>
    public string? WeightsOf(ParseResult arguments) => arguments.GetValue(_weights);

    /// <summary>Whether the fused engine is to compute.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="engine">What --engine says, or null.</param>
    /// <exception cref="UsageException">The fused engine is asked for on another device than the CPU.</exception>
    public bool IsFused(ParseResult arguments, string? engine) => EngineOption.IsFused(engine, arguments.GetValue(_device)!);

    /// <summary>Finds the checkpoint, says what its own description gave, and loads its network.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="isFused">Whether the fused engine is to compute, without libtorch.</param>
    /// <param name="labelFile">A file of class names; null for the checkpoint's own.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    public LoadedNetwork Load(ParseResult arguments, bool isFused, string? labelFile, CancellationToken cancellationToken)
    {
        var request = Request(arguments, labelFile, _featuresOnly);
        return isFused
            ? LoadFused(request, arguments.GetValue(_threads), cancellationToken)
            : LoadOnLibtorch(request, arguments.GetValue(_device)!, arguments.GetValue(_threads), cancellationToken);
    }

    /// <summary>Finds the checkpoint and says what its own description gave.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="labelFile">A file of class names; null for the checkpoint's own.</param>
    /// <param name="featuresOnly">Whether the features are all that is wanted.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    public FoundCheckpoint Find(ParseResult arguments, string? labelFile, bool featuresOnly, CancellationToken cancellationToken) =>
        Find(Request(arguments, labelFile, featuresOnly), cancellationToken);

    /// <summary>How images are read for the network.</summary>
    public ImageBatchOptions Batches(ParseResult arguments, ImageReading reading) => new()
    {
        BatchSize = arguments.GetValue(_batchSize),
        Workers = arguments.GetValue(_threads),
        Decode = reading.Decode,
    };

    private CheckpointRequest Request(ParseResult arguments, string? labelFile, bool featuresOnly) => new()
    {
        Model = arguments.GetValue(_model),
        Weights = WeightsOf(arguments),
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

    private static LoadedNetwork LoadOnLibtorch(CheckpointRequest request, string deviceName, int threads, CancellationToken cancellationToken)
    {
        TorchLibraries.Load();
        torch.set_num_threads(threads);
        var device = DeviceArgument.Parse(deviceName);
        var found = Find(request, cancellationToken);
        var network = found.LoadOnLibtorch(device, cancellationToken: cancellationToken);
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
