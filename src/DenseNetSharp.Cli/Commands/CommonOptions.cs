using System.CommandLine;
using DenseNetSharp.Architectures;

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

    /// <summary>The architecture that --model names.</summary>
    /// <exception cref="UsageException">There is none; the message lists the known names.</exception>
    public static DenseNetSpec RequireArchitecture(string name) => DenseNetArchitectures.TryGet(name, out var spec)
        ? spec
        : throw new UsageException(
            $"--model is {name}; it must be one of {string.Join(", ", DenseNetArchitectures.All.Select(known => known.Name))}.");

    /// <summary>An option for a count, refused below 1 and above <paramref name="most"/> as wrong usage.</summary>
    public static Option<int> Count(string name, string description, int defaultValue, int most = 1_000_000)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => defaultValue,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < 1 || value > most))
            {
                result.AddError($"{name} is {value}; it must be from 1 to {most}.");
            }
        });
        return option;
    }
}
