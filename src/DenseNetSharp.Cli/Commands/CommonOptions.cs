using System.CommandLine;
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

    /// <summary>An option for a count, refused below 1 and above <paramref name="most"/> as wrong usage.</summary>
    public static Option<int> Count(string name, string description, int defaultValue, int most = 1_000_000)
    {
        return new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => defaultValue,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1 || value > most)
                {
                    result.AddError($"{name} is {text}; it must be a whole number from 1 to {most}.");
                }

                return value;
            },
        };
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
