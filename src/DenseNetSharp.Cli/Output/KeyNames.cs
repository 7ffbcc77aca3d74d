namespace DenseNetSharp.Cli.Output;

/// <summary>Many keys of a checkpoint in one line.</summary>
internal static class KeyNames
{
    private const int MostNamed = 6;

    /// <summary>By their last names, the commonest first, with their number: <c>121 total_ops, 121 total_params</c>.</summary>
    public static string Counted(IEnumerable<string> keys)
    {
        var groups = keys.GroupBy(key => LastPart(key) is "weight" or "bias" ? key : LastPart(key))
            .OrderByDescending(group => group.Count())
            .Select(group => Terminal.Printable(group.Count() == 1 ? group.First() : $"{group.Count()} {group.Key}"))
            .ToArray();
        return string.Join(", ", groups.Take(MostNamed)) + (groups.Length > MostNamed ? $" and {groups.Length - MostNamed} more" : "");
    }

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..];
}
