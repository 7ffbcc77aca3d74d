using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Evaluating;
using DenseNetSharp.Datasets;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The run in a folder that is to be continued: what it was asked for, and its network.</summary>
internal sealed record EarlierRun
{
    private static readonly Dictionary<string, string> NoNotes = [];

    public required string Folder { get; init; }

    public required RunDescription Description { get; init; }

    public required DenseNetSpec Spec { get; init; }

    /// <summary>Whether it ended for want of improvement.</summary>
    public required bool StoppedEarly { get; init; }

    public FineTuningOptions Options => Description.Training!.Options;

    public IReadOnlyDictionary<string, string> Notes => Description.Training!.Notes ?? NoNotes;

    /// <summary>What was chosen for its outputs since it was written, as the beginning of a sentence, with the option that chooses it anew; null
    /// for nothing.</summary>
    public (string What, string Option)? Chosen
    {
        get
        {
            try
            {
                return RunDescription.FindBeside(Path.Combine(Folder, RunDescription.FileName)) switch
                {
                    { Thresholds: not null, Temperature: not null } => (
                        $"the thresholds and the temperature in {Folder} belong to the weights so far, and go",
                        $"{TemperatureChoice.Option} {EvaluationOptions.TuneThresholds}"),
                    { Thresholds: not null } => ($"the thresholds in {Folder} belong to the weights so far, and go", EvaluationOptions.TuneThresholds),
                    { Temperature: not null } => ($"the temperature in {Folder} belongs to the weights so far, and goes", TemperatureChoice.Option),
                    _ => null,
                };
            }
            catch (InvalidDataException)
            {
                // What is no description is written anew.
                return null;
            }
        }
    }

    /// <summary>Finds the run; null where there is none, or one that ended before it learned anything and is not to be
    /// continued.</summary>
    /// <exception cref="InvalidOperationException">There is one that is not to be continued.</exception>
    /// <exception cref="InvalidDataException">Its state is damaged.</exception>
    public static EarlierRun? Find(string folder, bool resume)
    {
        if (SavedRun.Find(folder) is not { } run)
        {
            return null;
        }

        if (resume)
        {
            return new EarlierRun { Folder = folder, Description = run.Description, Spec = run.Spec, StoppedEarly = run.StoppedEarly };
        }

        return run.Description.Training!.HasBegun
            ? throw new InvalidOperationException($"{folder} already holds a run: go on with it (--resume) or name another folder (--out).")
            : null;
    }

    /// <summary>Refuses an option that was another when the run began.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="now">Its value; null where it is not given.</param>
    /// <param name="before">What it was.</param>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public void RequireSame(string option, string? now, string? before)
    {
        if (now is not null && !now.Equals(before, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException(
                $"{Folder} holds a run whose {option} is {before ?? "not given"}, not {now}; go on with the same, or name another folder.");
        }
    }

    /// <summary>Refuses an option without a value that the run was begun without.</summary>
    /// <exception cref="InvalidDataException">It was.</exception>
    public void RequireSame(string option, bool now, bool before)
    {
        if (now && !before)
        {
            throw new InvalidDataException($"{Folder} holds a run that began without {option}; go on without it, or name another folder.");
        }
    }

    /// <summary>Refuses other classes than the run's.</summary>
    /// <exception cref="InvalidDataException">They are others.</exception>
    public void RequireSameClasses(IReadOnlyList<string> classNames, string source)
    {
        // A run that goes on was written by one that had classes.
        var before = Description.ClassNames!;
        if (!classNames.SequenceEqual(before))
        {
            throw new InvalidDataException(
                $"{Folder} holds a run with the classes {ClassNamesText.Of(before)}, but {source} has {ClassNamesText.Of(classNames)}; go on with the "
                + "same, or name another folder.");
        }
    }
}
