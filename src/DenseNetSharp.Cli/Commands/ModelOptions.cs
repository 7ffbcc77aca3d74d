using System.CommandLine;

namespace DenseNetSharp.Cli.Commands;

/// <summary>The options of every command that runs a network over images.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = CommonOptions.Model();
    private readonly Option<string?> _weights;
    private readonly Option<string?> _preset = CommonOptions.Preset();

    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda, cuda:N or mps",
        HelpName = "DEVICE",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<int> _threads = CommonOptions.Threads();

    private readonly Option<int> _batchSize = CommonOptions.Count("--batch-size", "images a forward pass", 8, most: 1024);

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="requireWeights">Whether --weights must be given; without it the architecture's pretrained ones are taken.</param>
    public ModelOptions(Command command, bool requireWeights = false)
    {
        _weights = new Option<string?>("--weights")
        {
            Description = "a checkpoint file or the name of pretrained weights"
                + (requireWeights ? "" : "; the architecture's pretrained weights by default"),
            HelpName = "FILE-or-NAME",
            Required = requireWeights,
        };
        foreach (var option in new Option[] { _model, _weights, _preset, _device, _threads, _batchSize })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What a command line chose.</summary>
    public ModelChoice Of(ParseResult arguments) => new()
    {
        Model = arguments.GetValue(_model),
        Weights = arguments.GetValue(_weights),
        Preset = arguments.GetValue(_preset),
        Device = arguments.GetValue(_device)!,
        Threads = arguments.GetValue(_threads),
        BatchSize = arguments.GetValue(_batchSize),
    };
}
