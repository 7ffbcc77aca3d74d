using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Cli.Commands;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "one JSON document on standard output instead of text" };

    public static Option<string?> Model() => new("--model")
    {
        Description = "densenet121, densenet169, densenet201 or densenet161",
        HelpName = "NAME",
    };

    public static Option<string?> Preset() => new("--preset")
    {
        Description = $"how images are prepared: {KnownPresets}, or the name of pretrained weights",
        HelpName = "NAME",
    };

    public static Option<bool> ExifOrientation() => new("--exif-orientation")
    {
        Description = "turn photos upright as their EXIF orientation says; torchvision does not",
    };

    private static string KnownPresets => string.Join(", ", ImagePreset.All.Select(preset => preset.Name));

    /// <summary>The preset that --preset names.</summary>
    /// <exception cref="UsageException">There is none; the message lists the known names.</exception>
    public static ImagePreset RequirePreset(string name) =>
        ImagePreset.TryGet(name, out var preset) ? preset
        : PretrainedWeightsCatalog.TryGet(name, out var weights) ? weights.Preset
        : throw new UsageException($"--preset is {name}; it must be one of {KnownPresets}, or the name of pretrained weights.");

    /// <summary>The architecture that --model names.</summary>
    /// <exception cref="UsageException">There is none; the message lists the known names.</exception>
    public static DenseNetSpec RequireArchitecture(string name) => DenseNetArchitectures.TryGet(name, out var spec)
        ? spec
        : throw new UsageException(
            $"--model is {name}; it must be one of {string.Join(", ", DenseNetArchitectures.All.Select(known => known.Name))}.");

    public static Option<int> Threads() => Count("--threads", "threads to compute on", PhysicalCores.Count, most: 1024);

    /// <summary>An option for a count, refused below 1 and above <paramref name="most"/> as wrong usage.</summary>
    public static Option<int> Count(string name, string description, int defaultValue, int most = 1_000_000) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => ParseWholeNumber(result, name, 1, most),
    };

    /// <summary>The same without a default: null where it is not given.</summary>
    public static Option<int?> OptionalCount(string name, string description, int most = 1_000_000) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseWholeNumber(result, name, 1, most),
    };

    /// <summary>An option for a number, null where it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="helpName">What the help calls the number.</param>
    /// <param name="description">What the help says of it.</param>
    /// <param name="isAllowed">Whether a finite number is allowed.</param>
    /// <param name="rule">What it must be, for the message.</param>
    public static Option<double?> Number(string name, string helpName, string description, Func<double, bool> isAllowed, string rule) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && isAllowed(value))
            {
                return value;
            }

            result.AddError($"{name} is {text}; it must be {rule}.");
            return null;
        },
    };

    /// <summary>An option for one of several words, null where it is not given.</summary>
    public static Option<string?> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('/', words) };
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !words.Contains(token.Value))
            {
                result.AddError($"{name} is {token.Value}; it must be {string.Join(", ", words[..^1])} or {words[^1]}.");
            }
        });
        return option;
    }

    /// <summary>Reads a whole number; adds an error where it is none, or out of range.</summary>
    public static int ParseWholeNumber(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
        {
            result.AddError($"{name} is {text}; it must be a whole number from {least} to {most}.");
        }

        return value;
    }

    /// <summary>Refuses inputs that are no names: empty ones, and options that do not exist.</summary>
    public static void RequireInputs(Argument argument) => argument.Validators.Add(result =>
    {
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if (text.Length == 0)
            {
                result.AddError($"{argument.Name} is empty; name a file.");
            }
            else if (text.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(text))
            {
                result.AddError($"{text} is neither an option nor a file.");
            }
        }
    });
}
