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

    /// <summary>MoCo's average of the encoder that it trains.</summary>
    public const string KeyEncoder = "encoder_k.";

    private const string QueryEncoder = "encoder_q.";

    private readonly KeyRule[] _common;
    private readonly KeyRule? _ownPrefix;

    private KeyRules(KeyRule[] common, KeyRule? ownPrefix) => (_common, _ownPrefix) = (common, ownPrefix);

    /// <summary>The prefixes of the file's networks, where there are several and none is known to be the one that is meant.</summary>
    public IReadOnlyList<string> Networks { get; private init; } = [];

    /// <summary>The rules for a file with these keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="headByName">Whether the last layer is known by its name alone.</param>
    public static KeyRules For(IReadOnlyCollection<string> keys, bool headByName = true)
    {
        const string stem = "conv0.weight";
        const string wholeStem = $"features.{stem}";
        KeyRule[] rules =
        [
            .. CifarLayout.Find([.. keys.Select(KeyRule.WithoutPrefixes)]) is { } cifar ? [cifar] : Array.Empty<KeyRule>(),
            .. KeyRule.Common,
            .. keys.Any(key => key.EndsWith(stem, StringComparison.Ordinal)) ? [KeyRule.BareDeepStem] : Array.Empty<KeyRule>(),
            .. headByName ? [KeyRule.OtherHeads] : Array.Empty<KeyRule>(),
            .. keys.Any(KerasNames.IsKerass) ? [KerasNames.Rule] : Array.Empty<KeyRule>(),
        ];
        var common = new KeyRules(rules, null);
        var stems = new List<string>();
        foreach (var key in keys.Where(key => key.EndsWith(stem, StringComparison.Ordinal)))
        {
            common.Apply(key, out var renamed);
            stems.Add(renamed);
        }

        var whole = keys.Where(key => key.EndsWith(stem, StringComparison.Ordinal)).Zip(stems).Where(item => item.Second == wholeStem).ToArray();
        if (whole.Length > 0)
        {
            // One more network beside the one that has none but known prefixes: which is meant is not for a rule to say.
            string[] others = [.. stems.Where(key => key.EndsWith($".{wholeStem}", StringComparison.Ordinal)).Select(key => key[..^wholeStem.Length])];
            return others.Length == 0 ? common : new KeyRules(rules, null) { Networks = [whole[0].First[..^wholeStem.Length], .. others] };
        }

        var ending = stems.Exists(key => key.EndsWith($".{wholeStem}", StringComparison.Ordinal)) ? wholeStem : stem;
        var prefixes = stems
            .Where(key => key.EndsWith($".{ending}", StringComparison.Ordinal))
            .Select(key => key[..^ending.Length])
            .ToArray();

        // Of any other two networks in one file it is not for a rule to say which of them is meant.
        return prefixes switch
        {
            [var prefix] => new KeyRules(rules, KeyRule.Prefix(prefix)),
            [QueryEncoder, KeyEncoder] or [KeyEncoder, QueryEncoder] => new KeyRules(rules, KeyRule.Prefix(QueryEncoder)),
            _ => new KeyRules(rules, null) { Networks = prefixes },
        };
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

    private void ApplyCommon(List<KeyRule> applied, ref string key)
    {
        while (applied.Count < MostApplied && TryApplyOne(key, out var rule, out var renamed))
        {
            applied.Add(rule);
            key = renamed;
        }
    }

    private bool TryApplyOne(
        string key, [NotNullWhen(true)] out KeyRule? rule, [NotNullWhen(true)] out string? renamed)
    {
        foreach (var candidate in _common)
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
