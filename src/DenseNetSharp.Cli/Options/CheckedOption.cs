using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DenseNetSharp.Cli.Options;

/// <summary>Options whose values are checked as they are read: what is out of range is wrong usage.</summary>
internal static class CheckedOption
{
    /// <summary>An option for a count from 1 to <paramref name="most"/>.</summary>
    public static Option<int> Count(string name, string description, int defaultValue, int most = 1_000_000) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => ParseCount(result, name, most),
    };

    /// <summary>The same without a default: null where it is not given.</summary>
    public static Option<int?> OptionalCount(string name, string description, int most = 1_000_000, int least = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => ParseCount(result, name, most, least),
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

    /// <summary>An option for one of several words in any case, null where it is not given.</summary>
    public static Option<string?> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name)
        {
            Description = description,
            HelpName = string.Join('/', words),
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (Array.Find(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
                {
                    return known;
                }

                result.AddError($"{name} is {text}; it must be {string.Join(", ", words[..^1])} or {words[^1]}.");
                return null;
            },
        };
        option.CompletionSources.Add(words);
        return option;
    }

    private static int ParseCount(ArgumentResult result, string name, int most, int least = 1)
    {
        var text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
        {
            result.AddError($"{name} is {text}; it must be a whole number from {least} to {most}.");
        }

        return value;
    }
}
