using System.Text.RegularExpressions;

namespace DenseNetSharp.StateDicts;

/// <summary>One way in which files in the wild name a DenseNet's tensors differently from torchvision today.</summary>
internal sealed partial record KeyRule(string Name, string Description, Func<string, string?> Rename)
{
    /// <summary>What training scripts and wrapping modules put before the network's own names.</summary>
    private static readonly string[] _prefixes =
    [
        "module.", "_orig_mod.", "model.", "net.", "backbone.",
        "densenet.", "densenet121.", "densenet161.", "densenet169.", "densenet201.",
    ];

    private static KeyRule BareFeatures { get; } = new(
        "bare-features",
        "the file is of the features alone; 'features.' is put before their names",
        key => IsFeature().IsMatch(key) ? $"features.{key}" : null);

    /// <summary>The same for the further convolutions of a deep stem, whose names many other networks have.</summary>
    public static KeyRule BareDeepStem { get; } = BareFeatures with { Rename = key => DeepStem().IsMatch(key) ? $"features.{key}" : null };

    /// <summary>The rules that hold for any file, in the order in which they are tried.</summary>
    public static IReadOnlyList<KeyRule> Common { get; } =
    [
        .. _prefixes.Select(Prefix), OldDottedNames, MonaiLayers, FinalNorm, FlattenedFeatures, BareFeatures,
    ];

    /// <summary>
    /// The last layer by the names that it has in the wild, for keys whose shapes are not known: Cadene's pretrainedmodels say
    /// last_linear, CheXNet and its kin put the layer into a Sequential, MONAI's is class_layers.out.
    /// </summary>
    public static KeyRule OtherHeads { get; } = new(
        "head",
        "the last layer, named fc, head, last_linear or an item of a Sequential, is the classifier",
        key => OtherHead().Match(key) is { Success: true, Groups: var parts } ? $"classifier.{parts[1].Value}" : null);

    /// <summary>Whether a tensor is the last layer's by its name.</summary>
    public static bool IsHeadsName(string name) => OtherHead().IsMatch(name);

    /// <summary>The last layer, known by its shape.</summary>
    public static AppliedKeyRule Head(string name, int count) => new("head", $"the last layer, named {name}, is the classifier", count);

    // torchvision's own expression (_load_state_dict in densenet.py), whose files are older than PyTorch's ban on dots in
    // module names; and the counters, which a file has that was saved with them later.
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
        key => key.StartsWith("features_", StringComparison.Ordinal)
            && (IsFeature().IsMatch(key["features_".Length..]) || DeepStem().IsMatch(key["features_".Length..]))
            ? $"features.{key["features_".Length..]}"
            : null);

    // MONAI's dense layers keep their modules in a Sequential of that name.
    private static KeyRule MonaiLayers => new(
        "monai-layers",
        "MONAI's denselayer1.layers.norm1 and so on are denselayer1.norm1 and so on",
        key => MonaiLayer().Match(key) is { Success: true, Groups: var parts } ? parts[1].Value + parts[2].Value : null);

    // gpleiss' efficient_densenet_pytorch.
    private static KeyRule FinalNorm => new(
        "norm_final",
        "gpleiss' norm_final is norm5",
        key => FinalNormName().Match(key) is { Success: true, Groups: var parts } ? $"{parts[1].Value}norm5.{parts[2].Value}" : null);

    /// <summary>A key without the prefixes that are known.</summary>
    public static string WithoutPrefixes(string key)
    {
        while (_prefixes.FirstOrDefault(prefix => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length) is { } found)
        {
            key = key[found.Length..];
        }

        return key;
    }

    /// <summary>Takes a prefix off.</summary>
    public static KeyRule Prefix(string prefix) => new(
        $"prefix {prefix}",
        $"the prefix '{prefix}' is taken off",
        key => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length
            ? key[prefix.Length..]
            : null);

    [GeneratedRegex(@"^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var|num_batches_tracked))$")]
    private static partial Regex OldDottedName();

    [GeneratedRegex(@"^(.*denselayer\d+\.)layers\.((?:norm|conv)[12]\..+)$")]
    private static partial Regex MonaiLayer();

    [GeneratedRegex(@"^(features\.|)norm_final\.(.+)$")]
    private static partial Regex FinalNormName();

    [GeneratedRegex(@"^(?:conv|norm)[12]\.\w+$")]
    private static partial Regex DeepStem();

    [GeneratedRegex(@"^(?:conv0|norm0|denseblock\d+|transition\d+|norm5)\.")]
    private static partial Regex IsFeature();

    [GeneratedRegex(@"^(?:fc|head|head\.fc|last_linear|class_layers\.out(?:\.1)?|classifier\.(?:[0-9]|fc|linear))\.(weight|bias)$")]
    private static partial Regex OtherHead();
}
