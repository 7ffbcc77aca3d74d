using System.CommandLine;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options of <c>--schedule plateau</c>, PyTorch's <c>ReduceLROnPlateau</c>; what is not given is PyTorch's default, or the
/// continued run's.</summary>
internal sealed class PlateauOptions
{
    private static readonly Dictionary<string, PlateauThreshold> Modes = new()
    {
        ["rel"] = PlateauThreshold.Relative,
        ["abs"] = PlateauThreshold.Absolute,
    };

    private readonly Option<double?> _factor = CheckedOption.Number(
        "--plateau-factor", "X", "what a plateau multiplies the learning rate by; 0.1 if not given", x => x is > 0 and < 1, "above 0 and below 1");

    private readonly Option<int?> _patience = CheckedOption.OptionalCount(
        "--plateau-patience", "epochs without improvement that a plateau may have before the rate is lowered; 10 if not given", least: 0);

    private readonly Option<double?> _threshold = CheckedOption.Number(
        "--plateau-threshold", "X", "by how much a metric must be better to have improved; 0.0001 if not given", x => x >= 0, "0 or more");

    private readonly Option<string?> _mode = CheckedOption.Choice(
        "--plateau-threshold-mode", "whether that is a share of the best so far or a difference; rel if not given", [.. Modes.Keys]);

    private readonly Option<int?> _cooldown = CheckedOption.OptionalCount(
        "--plateau-cooldown", "epochs after a lower rate that are not counted as without improvement; 0 if not given", least: 0);

    private readonly Option<double?> _minimum = CheckedOption.Number(
        "--plateau-min-lr", "X", "the learning rate below which a plateau lowers nothing; 0 if not given", x => x >= 0, "0 or more");

    private readonly Option[] _all;

    public PlateauOptions(Command command)
    {
        _all = [_factor, _patience, _threshold, _mode, _cooldown, _minimum];
        foreach (var option in _all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The schedule with what a command line says of plateaus.</summary>
    /// <exception cref="UsageException">It says something of them, and the schedule is another.</exception>
    public LearningRateSchedule Apply(ParseResult arguments, LearningRateSchedule schedule)
    {
        if (schedule is not PlateauSchedule plateau)
        {
            return _all.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } given
                ? throw new UsageException($"{given.Name} is for --schedule plateau.")
                : schedule;
        }

        return plateau with
        {
            Factor = arguments.GetValue(_factor) ?? plateau.Factor,
            Patience = arguments.GetValue(_patience) ?? plateau.Patience,
            Threshold = arguments.GetValue(_threshold) ?? plateau.Threshold,
            ThresholdMode = arguments.GetValue(_mode) is { } mode ? Modes[mode] : plateau.ThresholdMode,
            Cooldown = arguments.GetValue(_cooldown) ?? plateau.Cooldown,
            MinimumRate = arguments.GetValue(_minimum) ?? plateau.MinimumRate,
        };
    }
}
