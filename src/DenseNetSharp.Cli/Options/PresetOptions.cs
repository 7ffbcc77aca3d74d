using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>The options of every command that prepares images: a preset, and what changes it.</summary>
internal sealed class PresetOptions
{
    private readonly Option<string?> _preset = CommonOptions.Preset();

    private readonly Option<PresetResize?> _resize = new("--resize")
    {
        Description = "the preset's resize: to a shorter side (256), or to height and width whatever the proportions (224x224), without a crop then "
            + "unless --size is given",
        HelpName = "N-or-HxW",
        CustomParser = PresetResize.Parse,
    };

    private readonly Option<int?> _size = CheckedOption.OptionalCount(
        "--size", "the side of the square images that the network sees, cropped after the resize; without --resize that changes in proportion", most: 4096);

    private readonly Option<string?> _interpolation = CheckedOption.Choice(
        "--interpolation", "the resize's filter", [.. Enum.GetNames<Resampling>().Select(name => name.ToLowerInvariant())]);

    private readonly Option<string?> _channels = CheckedOption.Choice("--channels", "1 for gray images, 3 for colour", "1", "3");
    private readonly Option<float[]?> _mean = Numbers("--mean", "what is subtracted, after the division; one value, or one a channel", allowZero: true);
    private readonly Option<float[]?> _std = Numbers("--std", "what is divided by then; one value, or one a channel", allowZero: false);
    private readonly Option<double?> _divisor = CheckedOption.Number(
        "--divisor", "X", "what the 8-bit values are divided by first; 255 makes them 0 to 1",
        x => (float)x != 0 && float.IsFinite((float)x), "a number other than 0");

    public PresetOptions(Command command)
    {
        foreach (var option in new Option[] { _preset, _resize, _size, _interpolation, _channels, _mean, _std, _divisor })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What a command line chose.</summary>
    /// <exception cref="UsageException">--preset names none.</exception>
    /// <exception cref="InvalidDataException">--preset names a file that is none.</exception>
    public PresetChoice Of(ParseResult arguments) => new()
    {
        Named = arguments.GetValue(_preset) is { } name ? Named(name) : null,
        Resize = arguments.GetValue(_resize),
        Size = arguments.GetValue(_size),
        Interpolation = arguments.GetValue(_interpolation) is { } filter ? Enum.Parse<Resampling>(filter, ignoreCase: true) : null,
        Channels = arguments.GetValue(_channels) is { } channels ? int.Parse(channels, CultureInfo.InvariantCulture) : null,
        Mean = Given(arguments.GetValue(_mean)),
        Std = Given(arguments.GetValue(_std)),
        Divisor = (float?)arguments.GetValue(_divisor),
    };

    /// <summary>The preset of a name or a file. Of a whole run's description the rest is looked at too: what else prepares images there
    /// is said, for a preset does not hold it.</summary>
    private static ImagePreset Named(string name)
    {
        var preset = CommonOptions.RequirePreset(name);
        if (!File.Exists(name) || ImagePreset.TryGet(name, out _) || !ImagePreset.IsWithinRun(name))
        {
            return preset;
        }

        var run = RunDescription.Load(name);
        string[] left =
        [
            .. new[] { (run.ApplyExifOrientation, ReadingOptions.ExifOrientation), (run.KeepGrayBits, ReadingOptions.KeepGrayBits) }
                .Where(option => option.Item1).Select(option => option.Item2),
        ];
        string[] other =
        [
            .. new[] { (run.Task is not null, "task"), (run.ClassNames is not null, "class names"), (run.Thresholds is not null, "thresholds") }
                .Where(part => part.Item1).Select(part => part.Item2),
        ];
        if (left.Length + other.Length > 0)
        {
            Console.Error.WriteLine(
                $"densenet: of {name} the preset is taken{(other.Length > 0 ? $", and not its {string.Join(", ", other)}" : "")}"
                + (left.Length > 0 ? $"; the run's images were read with {string.Join(" and ", left)} too" : ""));
        }

        return preset;
    }

    /// <summary>Of an option of several values that is not given, the value is none of them.</summary>
    private static float[]? Given(float[]? values) => values is { Length: > 0 } ? values : null;

    private static Option<float[]?> Numbers(string name, string description, bool allowZero) => new(name)
    {
        Arity = ArgumentArity.ExactlyOne,
        Description = description,
        HelpName = "X[,X,X]",
        CustomParser = result => ParseNumbers(result, name, allowZero),
    };

    private static float[]? ParseNumbers(ArgumentResult result, string name, bool allowZero)
    {
        var text = result.Tokens[0].Value;
        var values = new List<float>();
        foreach (var part in text.Split(','))
        {
            if (!float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !float.IsFinite(value) || (value == 0 && !allowZero))
            {
                result.AddError(
                    $"{name} is {text}; it must be a number{(allowZero ? "" : " other than 0")}, "
                    + "or one a channel with commas between them, such as 0.5,0.5,0.5.");
                return null;
            }

            values.Add(value);
        }

        return [.. values];
    }
}
