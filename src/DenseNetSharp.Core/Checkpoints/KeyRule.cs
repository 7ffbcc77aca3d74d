using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Checkpoints;

/// <summary>One way in which files in the wild name a DenseNet's tensors differently from torchvision today.</summary>
internal sealed partial record KeyRule(string Name, string Description, Func<string, string?> Rename)
{
    /// <summary>What training scripts and wrapping modules put before the network's own names.</summary>
    private static readonly string[] _prefixes =
    [
        "module.", "_orig_mod.", "model.", "net.", "backbone.",
        "densenet.", "densenet121.", "densenet161.", "densenet169.", "densenet201.",
    ];

    /// <summary>
    /// The rules that hold for any file, in the order in which they are tried. A renamed key is tried again from the
    /// first.
    /// </summary>
    private static readonly KeyRule[] _common =
    [
        .. _prefixes.Select(Prefix), OldDottedNames, FlattenedFeatures, BareFeatures, OtherHeads, KerasNames.Rule,
    ];

    // torchvision's own expression (_load_state_dict in densenet.py); its files are older than PyTorch's ban on
    // dots in module names.
    private static KeyRule OldDottedNames => new(
        "old-names",
        "denselayer's norm.1, conv.1, norm.2 and conv.2 are norm1, conv1, norm2 and conv2 today",
        key => OldDottedName().Match(key) is { Success: true, Groups: var parts }
            ? parts[1].Value + parts[2].Value
            : null);

    // timm's features_only=True flattens the Sequential.
    private static KeyRule FlattenedFeatures => new(
        "features_",
        "timm's flattened features_conv0 and so on are features.conv0 and so on",
        key => key.StartsWith("features_", StringComparison.Ordinal) && IsFeature().IsMatch(key["features_".Length..])
            ? $"features.{key["features_".Length..]}"
            : null);

    private static KeyRule BareFeatures => new(
        "bare-features",
        "the file is of the features alone; 'features.' is put before their names",
        key => IsFeature().IsMatch(key) ? $"features.{key}" : null);

    // Cadene's pretrainedmodels say last_linear; CheXNet and its kin put the layer into a Sequential.
    private static KeyRule OtherHeads => new(
        "head",
        "the last layer, named fc, head, last_linear or an item of a Sequential, is the classifier",
        key => OtherHead().Match(key) is { Success: true, Groups: var parts } ? $"classifier.{parts[1].Value}" : null);

    /// <summary>
    /// The rules for a file with these keys: the common ones and, where they do not bring it to light, one for the
    /// prefix that this file puts before the network.
    /// </summary>
    public static IReadOnlyList<KeyRule> For(IReadOnlyCollection<string> keys)
    {
        const string stem = "conv0.weight";
        const string wholeStem = $"features.{stem}";
        var stems = keys.Where(key => key.EndsWith(stem, StringComparison.Ordinal)).Select(Renamed).ToArray();
        if (stems.Contains(wholeStem))
        {
            return _common;
        }

        var ending = stems.Any(key => key.EndsWith($".{wholeStem}", StringComparison.Ordinal)) ? wholeStem : stem;
        var prefixes = stems
            .Where(key => key.EndsWith($".{ending}", StringComparison.Ordinal))
            .Select(key => key[..^ending.Length])
            .ToArray();

        // Two networks in one file: which of them is meant is not for a rule to say.
        return prefixes is [var prefix] ? [.. _common, Prefix(prefix)] : _common;
    }

    /// <summary>Renames a key as far as the rules go.</summary>
    /// <param name="rules">The rules, see <see cref="For"/>.</param>
    /// <param name="key">A key of a file.</param>
    /// <param name="renamed">Its name today, the key itself if no rule applies.</param>
    /// <returns>The rules that were applied, in order.</returns>
    public static IReadOnlyList<KeyRule> Apply(IReadOnlyList<KeyRule> rules, string key, out string renamed)
    {
        renamed = key;
        var applied = new List<KeyRule>();
        while (TryApplyOne(rules, renamed, out var rule, out var next))
        {
            applied.Add(rule);
            renamed = next;
        }

        return applied;
    }

    private static string Renamed(string key)
    {
        Apply(_common, key, out var renamed);
        return renamed;
    }

    private static bool TryApplyOne(
        IReadOnlyList<KeyRule> rules,
        string key,
        [NotNullWhen(true)] out KeyRule? rule,
        [NotNullWhen(true)] out string? renamed)
    {
        foreach (var candidate in rules)
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

    private static KeyRule Prefix(string prefix) => new(
        $"prefix {prefix}",
        $"the prefix '{prefix}' is taken off",
        key => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length
            ? key[prefix.Length..]
            : null);

    [GeneratedRegex(@"^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var))$")]
    private static partial Regex OldDottedName();

    [GeneratedRegex(@"^(?:conv0|norm0|denseblock\d+|transition\d+|norm5)\.")]
    private static partial Regex IsFeature();

    [GeneratedRegex(@"^(?:fc|head|head\.fc|last_linear|classifier\.(?:[0-9]|fc|linear))\.(weight|bias)$")]
    private static partial Regex OtherHead();
}
