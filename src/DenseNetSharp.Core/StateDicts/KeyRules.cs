using System.Diagnostics.CodeAnalysis;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// The rules for one file's keys: those that hold for any file and, where they do not bring the network to light, one for
/// the prefix that this file puts before it.
/// </summary>
internal sealed class KeyRules
{
    // No file wraps a network this deep; a key made of a thousand prefixes must not take long.
    private const int MostApplied = 16;

    private readonly KeyRule? _ownPrefix;

    private KeyRules(KeyRule? ownPrefix) => _ownPrefix = ownPrefix;

    /// <summary>The rules for a file with these keys.</summary>
    public static KeyRules For(IEnumerable<string> keys)
    {
        const string stem = "conv0.weight";
        const string wholeStem = $"features.{stem}";
        var common = new KeyRules(null);
        var stems = new List<string>();
        foreach (var key in keys.Where(key => key.EndsWith(stem, StringComparison.Ordinal)))
        {
            common.Apply(key, out var renamed);
            stems.Add(renamed);
        }

        if (stems.Contains(wholeStem))
        {
            return common;
        }

        var ending = stems.Exists(key => key.EndsWith($".{wholeStem}", StringComparison.Ordinal)) ? wholeStem : stem;
        var prefixes = stems
            .Where(key => key.EndsWith($".{ending}", StringComparison.Ordinal))
            .Select(key => key[..^ending.Length])
            .ToArray();

        // Two networks in one file: which of them is meant is not for a rule to say.
        return prefixes is [var prefix] ? new KeyRules(KeyRule.Prefix(prefix)) : common;
    }

    /// <summary>Renames a key as far as the rules go.</summary>
    /// <param name="key">A key of a file.</param>
    /// <param name="renamed">Its name today, the key itself if no rule applies.</param>
    /// <returns>The rules that were applied, in order.</returns>
    public IReadOnlyList<KeyRule> Apply(string key, out string renamed)
    {
        renamed = key;
        var applied = new List<KeyRule>();
        ApplyCommon(applied, ref renamed);

        // Once: it may itself be 'features.', which the common rules put before what it leaves.
        if (_ownPrefix?.Rename(renamed) is { } withoutPrefix)
        {
            applied.Add(_ownPrefix);
            renamed = withoutPrefix;
            ApplyCommon(applied, ref renamed);
        }

        return applied;
    }

    private static void ApplyCommon(List<KeyRule> applied, ref string key)
    {
        while (applied.Count < MostApplied && TryApplyOne(key, out var rule, out var renamed))
        {
            applied.Add(rule);
            key = renamed;
        }
    }

    private static bool TryApplyOne(
        string key, [NotNullWhen(true)] out KeyRule? rule, [NotNullWhen(true)] out string? renamed)
    {
        foreach (var candidate in KeyRule.Common)
        {
            renamed = candidate.Rename(key);
            if (renamed is not null)
            {
                rule = candidate;
                return true;
            }
        }

        (rule, renamed) = (null, null);
        return false;
    }
}
