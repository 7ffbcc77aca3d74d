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
    /// Every rule, in the order in which they are tried. A renamed key is tried again from the first.
    /// </summary>
    public static IReadOnlyList<KeyRule> All { get; } = [.. _prefixes.Select(Prefix), OldDottedNames];

    // torchvision's own expression (_load_state_dict in densenet.py); its files are older than PyTorch's ban on
    // dots in module names.
    private static KeyRule OldDottedNames => new(
        "old-names",
        "denselayer's norm.1, conv.1, norm.2 and conv.2 are norm1, conv1, norm2 and conv2 today",
        key => OldDottedName().Match(key) is { Success: true, Groups: var parts }
            ? parts[1].Value + parts[2].Value
            : null);

    /// <summary>Renames a key as far as the rules go.</summary>
    /// <param name="key">A key of a file.</param>
    /// <param name="renamed">Its name today, the key itself if no rule applies.</param>
    /// <returns>The rules that were applied, in order.</returns>
    public static IReadOnlyList<KeyRule> Apply(string key, out string renamed)
    {
        renamed = key;
        var applied = new List<KeyRule>();
        while (TryApplyOne(renamed, out var rule, out var next))
        {
            applied.Add(rule);
            renamed = next;
        }

        return applied;
    }

    private static bool TryApplyOne(
        string key, [NotNullWhen(true)] out KeyRule? rule, [NotNullWhen(true)] out string? renamed)
    {
        foreach (var candidate in All)
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
}
