namespace DenseNetSharp.StateDicts;

/// <summary>What the keys of a file are called today, and why.</summary>
public sealed class KeyMapping
{
    internal KeyMapping(IReadOnlyDictionary<string, string> names, IReadOnlyList<AppliedKeyRule> rules)
    {
        Names = names;
        Rules = rules;
    }

    /// <summary>Every key of the file with its name today, in the file's order; no name occurs twice.</summary>
    public IReadOnlyDictionary<string, string> Names { get; }

    /// <summary>The rules that renamed at least one key.</summary>
    public IReadOnlyList<AppliedKeyRule> Rules { get; }

    internal bool IsKeras => Rules.Any(rule => rule.Name == KerasNames.Rule.Name);
}
