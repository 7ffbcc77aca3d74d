using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>A checkpoint does not fit a network. Nothing has been changed when it is thrown.</summary>
public sealed class CheckpointMismatchException : Exception
{
    private const int MostListed = 10;

    /// <summary>Describes the differences: the first ten of each kind, and how many there are.</summary>
    /// <param name="match">A match that is not exact.</param>
    public CheckpointMismatchException(StateDictMatch match)
        : base(Describe(match)) => Match = match;

    /// <summary>Every difference.</summary>
    public StateDictMatch Match { get; }

    private static string Describe(StateDictMatch match)
    {
        var lines = new List<string> { $"{match.Path ?? "The checkpoint"} does not fit the model." };
        if (match.DiffersOnlyInHead)
        {
            lines.Add("Only the classifier differs; the features fit.");
        }

        AddList(lines, "Missing from the checkpoint", match.Missing.Select(entry => $"{entry.Name} {ShapeText.Of(entry.Shape)}").ToArray());
        AddList(lines, "Not in the model", match.Unexpected);
        AddList(lines, "Computed otherwise than by the model", match.UnexpectedModules);
        AddList(lines, "Of another shape", match.Misshapen.Select(tensor => tensor.ToString()).ToArray());
        if (match.Unexpected.Count + match.UnexpectedModules.Count > 0 && match.Missing.Count == 0 && match.Misshapen.Count == 0)
        {
            lines.Add("That may change the results; CheckpointLoading.Complete (Strict = false in options, --no-strict) loads without them.");
        }

        return string.Join('\n', lines);
    }

    private static void AddList(List<string> lines, string title, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        var more = items.Count > MostListed ? $"; and {items.Count - MostListed} more" : "";
        lines.Add($"{title} ({items.Count}): {string.Join("; ", items.Take(MostListed))}{more}.");
    }
}
