using System.CommandLine;
using System.CommandLine.Parsing;
using DenseNetSharp.Architectures;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Training;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options that say which network <c>finetune</c> begins with, what its images look like, and on what it runs.</summary>
internal sealed class StartOptions
{
    private readonly Option<string?> _model = CommonOptions.Model();

    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "what to begin with: a checkpoint file, the name of pretrained weights, or none for random weights; the architecture's "
            + "pretrained weights if not given",
        HelpName = "FILE-or-NAME-or-none",
    };

    private readonly Option<int?> _growth = CheckedOption.OptionalCount("--growth", "with --weights none: the growth rate of a network without a name", 1024);

    private readonly Option<int[]> _blocks = new("--blocks")
    {
        Arity = ArgumentArity.ExactlyOne,
        Description = "with --weights none: the layers of its blocks, such as 6,12,24,16",
        HelpName = "N,N,...",
        CustomParser = ParseBlocks,
    };

    private readonly Option<int?> _initFeatures = CheckedOption.OptionalCount(
        "--init-features", "with --weights none: the channels of its first convolution", 4096);
    private readonly Option<string?> _headActivation = NetworkOptions.HeadActivation();
    private readonly PresetOptions _preset;
    private readonly Option<bool> _memoryEfficient = new("--memory-efficient") { Description = "take less memory and more time; no number changes" };
    private readonly Option<bool?> _channelsLast = LayoutOption.Create();
    private readonly Option<string?> _device = new("--device") { Description = "cpu, cuda, cuda:N or mps", HelpName = "DEVICE" };

    public StartOptions(Command command)
    {
        foreach (var option in new Option[] { _model, _weights, _growth, _blocks, _initFeatures, _headActivation, _memoryEfficient, _channelsLast, _device })
        {
            command.Options.Add(option);
        }

        _preset = new PresetOptions(command);
    }

    /// <summary>What a command line chose; what it leaves open is as in the run that goes on, or as the recipe has it.</summary>
    public StartChoice Of(ParseResult arguments, EarlierRun? earlier, TrainingRecipe recipe)
    {
        // A recipe with a network of its own begins with it, from random weights, unless another is named.
        var isOpen = earlier is null && CustomOf(arguments) is null && arguments.GetValue(_model) is null
            && arguments.GetValue(_weights) is null or StartChoice.NoWeights;
        var ownNetwork = isOpen ? recipe.Architecture : null;
        var isFromScratch = earlier is null && recipe.Architecture is not null;
        var choice = new StartChoice
        {
            Checkpoint = new CheckpointRequest
            {
                Model = arguments.GetValue(_model) ?? ownNetwork,
                Weights = arguments.GetValue(_weights) ?? (isFromScratch ? StartChoice.NoWeights : null),
                HeadActivation = NetworkOptions.HeadActivationOf(arguments, _headActivation),
                Preset = _preset.Of(arguments),
                PresetRemedy = "name another with --preset, or train from scratch with --weights none",
            },
            Custom = CustomOf(arguments),
            MemoryEfficient = arguments.GetValue(_memoryEfficient) || earlier?.Notes.ContainsKey(RunNotes.MemoryEfficient) == true,
            ChannelsLast = arguments.GetValue(_channelsLast)
                ?? (earlier?.Notes.GetValueOrDefault(RunNotes.ChannelsLast) is { } before ? bool.Parse(before) : null),
            Remark = ownNetwork is null
                ? null
                : $"the recipe {recipe.Name} begins with {ownNetwork} and random weights; --model and --weights name another",
            Device = arguments.GetValue(_device) ?? earlier?.Notes.GetValueOrDefault(RunNotes.Device) ?? "cpu",
        };
        var (model, weights) = (choice.Checkpoint.Model, choice.Checkpoint.Weights);
        if (model is not null)
        {
            CommonOptions.RequireArchitecture(model);
        }

        if (choice.Custom is not null && model is not null)
        {
            throw new UsageException("--growth, --blocks and --init-features describe a network without a name; leave out --model.");
        }

        if (earlier is not null)
        {
            RequireSame(arguments, choice, earlier);
        }
        else if (choice.Custom is not null && weights != StartChoice.NoWeights)
        {
            throw new UsageException("--growth, --blocks and --init-features are for a network that begins with random weights: --weights none.");
        }

        return choice;
    }

    private void RequireSame(ParseResult arguments, StartChoice choice, EarlierRun earlier)
    {
        var spec = earlier.Spec;
        earlier.RequireSame("--model", choice.Checkpoint.Model, spec.Name);
        earlier.RequireSame("--weights", NameOf(choice.Checkpoint.Weights), earlier.Notes.GetValueOrDefault(RunNotes.Weights));
        var wasChannelsLast = earlier.Notes.GetValueOrDefault(RunNotes.ChannelsLast)
            ?? LayoutOption.TextOf(choice.Device.StartsWith("cuda", StringComparison.Ordinal));
        earlier.RequireSame(LayoutOption.Name, LayoutOption.TextOf(arguments.GetValue(_channelsLast)), wasChannelsLast);
        earlier.RequireSame("--growth", arguments.GetValue(_growth)?.ToString(), spec.GrowthRate.ToString());
        earlier.RequireSame("--init-features", arguments.GetValue(_initFeatures)?.ToString(), spec.InitFeatures.ToString());
        earlier.RequireSame(
            "--blocks", arguments.GetValue(_blocks) is { Length: > 0 } blocks ? string.Join(',', blocks) : null, string.Join(',', spec.BlockConfig));
    }

    /// <summary>The weights as a run's notes name them.</summary>
    private static string? NameOf(string? weights) => weights is null || weights == StartChoice.NoWeights ? weights
        : !File.Exists(weights) && PretrainedWeightsCatalog.TryGet(weights, out var entry) ? entry.Name
        : Path.GetFileName(weights);

    private DenseNetSpec? CustomOf(ParseResult arguments)
    {
        var (growth, blocks, initFeatures) = (arguments.GetValue(_growth), arguments.GetValue(_blocks), arguments.GetValue(_initFeatures));
        if (growth is null && blocks is not { Length: > 0 } && initFeatures is null)
        {
            return null;
        }

        var standard = new DenseNetSpec();
        return new DenseNetSpec
        {
            GrowthRate = growth ?? standard.GrowthRate,
            BlockConfig = blocks is { Length: > 0 } ? blocks : standard.BlockConfig,
            InitFeatures = initFeatures ?? standard.InitFeatures,
        };
    }

    private static int[] ParseBlocks(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var blocks = new List<int>();
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, out var layers) || layers < 1 || layers > 1000 || blocks.Count == 16)
            {
                result.AddError($"--blocks is {text}; it must be up to 16 numbers of layers with commas between them, such as 6,12,24,16.");
                return [];
            }

            blocks.Add(layers);
        }

        return [.. blocks];
    }
}
