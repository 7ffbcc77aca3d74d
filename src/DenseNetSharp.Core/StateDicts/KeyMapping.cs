namespace DenseNetSharp.StateDicts;

/// <summary>What the keys of a file are called today, and why.</summary>
public sealed class KeyMapping
{
    internal KeyMapping(IReadOnlyDictionary<string, string> names, IReadOnlyList<AppliedKeyRule> rules)
    {
        Names = names;
        Rules = rules;
    }

    /// <summary>What comes after the features; null where that was not looked for, or not found.</summary>
    internal NetworkHead? Head { get; init; }

    /// <summary>The prefixes of the networks in the file, where there are several and none is known to be the one.</summary>
    internal IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Every key of the file with its name today, in the file's order; no name occurs twice.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>The rules that renamed at least one key.</summary>
    public IReadOnlyList<AppliedKeyRule> Rules { get; }

    internal bool IsKeras => Rules.Any(rule => rule.Name == KerasNames.Rule.Name);
}
