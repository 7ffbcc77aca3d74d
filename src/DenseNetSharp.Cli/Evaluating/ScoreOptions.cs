using System.CommandLine;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>The options that divide an evaluation among processes or machines, and put it together again.</summary>
internal sealed class ScoreOptions
{
    private const string Merge = "--merge";

    private readonly Option<Shard?> _shard = Shard.Create();
    private readonly Option<string?> _output = LinesOption.Create();

    private readonly Option<string[]> _merged = new(Merge)
    {
        Description = $"files that all parts' {Shard.Name} and {LinesOption.Name} have written, with the same options else: the figures of all images, "
            + "of which none is read again",
        HelpName = $"FILE{LinesOption.Ending}...",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

    public ScoreOptions(Command command)
    {
        foreach (var option in new Option[] { _shard, _output, _merged })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What a command line chose.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="figures">What is to become of the figures, which a part alone does not have.</param>
    /// <exception cref="UsageException">The options contradict each other, or the file cannot be written.</exception>
    public ScoreChoice Of(ParseResult arguments, EvaluationChoice figures)
    {
        var (shard, output, merged) = (arguments.GetValue(_shard), arguments.GetValue(_output), arguments.GetValue(_merged) ?? []);
        if (merged.Length > 0 && (shard is not null || output is not null))
        {
            throw new UsageException($"{Merge} reads what {Shard.Name} and {LinesOption.Name} have written; give it without them.");
        }

        if (shard is not null && output is null)
        {
            throw new UsageException(
                $"{Shard.Name} is a part of the images, and figures are of all: {LinesOption.Name} FILE{LinesOption.Ending} keeps the part's scores for "
                + $"{Merge}.");
        }

        if (shard is not null && figures.OptionGiven is { } option)
        {
            throw new UsageException($"{option} is for all images, and {Shard.Name} is a part of them; give it with {Merge}.");
        }

        if (output is not null)
        {
            LinesOption.RequireWritable(output);
        }

        foreach (var file in merged)
        {
            if (!File.Exists(file))
            {
                throw new FileNotFoundException($"{Merge} {file}: there is no such file.");
            }
        }

        return new ScoreChoice(shard, output, merged);
    }
}

/// <summary>Where scores come from, and go.</summary>
/// <param name="Shard">The part of the images that is scored; null for all.</param>
/// <param name="Output">The file that gets the scores; null for none.</param>
/// <param name="Merged">The files that have them; empty to compute them.</param>
internal sealed record ScoreChoice(Shard? Shard, string? Output, IReadOnlyList<string> Merged)
{
    /// <summary>Whether scores are read or written.</summary>
    public bool UsesFiles => Output is not null || Merged.Count > 0;
}
