using System.Text.RegularExpressions;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// What a checkpoint has after the features: a linear layer under any name is the classifier, alone or behind a dropout or
/// before a sigmoid, which have no tensors. Anything larger is named and left to whoever wants the features.
/// </summary>
internal sealed partial record NetworkHead
{
    private const string Weight = ".weight", Bias = ".bias";

    /// <summary>The classifier's tensors by their keys in the file, with torchvision's names.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; private init; } = new Dictionary<string, string>();

    /// <summary>The linear layer's name, where it is not torchvision's; else null.</summary>
    public string? LayerName { get; private init; }

    /// <summary>Whether the linear layer has no bias, which is to have one of zeros.</summary>
    public bool LacksBias { get; private init; }

    /// <summary>The keys of a head that is more than a linear layer; empty otherwise.</summary>
    public IReadOnlySet<string> Unbuilt { get; private init; } = new HashSet<string>();

    /// <summary>What such a head is, as the start of a sentence; null where there is none.</summary>
    public string? Problem { get; private init; }

    /// <summary>Finds the head.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="names">Its keys with today's names; the head has its own still.</param>
    /// <returns>Null where the features have no end, or no linear layer comes after them.</returns>
    public static NetworkHead? Find(Checkpoint checkpoint, IReadOnlyDictionary<string, string> names)
    {
        var end = names.FirstOrDefault(item => item.Value == "features.norm5.weight").Key;
        var rest = names
            .Where(item => !item.Value.StartsWith("features.", StringComparison.Ordinal) && !SetAside.Holds(item.Value, checkpoint.Tensors[item.Key]))
            .Select(item => new Item(item.Key, item.Value, DenseNetKeys.InPyTorchsLayout(item.Key, checkpoint.Tensors[item.Key]).Shape))
            .ToArray();
        var linears = rest.Where(item => item.IsLinear).ToArray();
        if (end is not null && rest.FirstOrDefault(item => Reparametrised.KindOf(item.Name) is not null) is { } derived)
        {
            return new NetworkHead
            {
                Unbuilt = rest.Where(item => item.Top == derived.Top).Select(item => item.Key).ToHashSet(StringComparer.Ordinal),
                Problem = $"Its head is kept by {Reparametrised.KindOf(derived.Name)} ({PrintableText.Of(derived.Name)}; {Reparametrised.Remedy})",
            };
        }

        if (end is null || linears.Length == 0)
        {
            return null;
        }

        if (linears is [var only] && Margin().IsMatch(only.Top))
        {
            return new NetworkHead
            {
                Unbuilt = rest.Where(item => item.Top == only.Top).Select(item => item.Key).ToHashSet(StringComparer.Ordinal),
                Problem = $"Its head {PrintableText.Of(only.Layer)} compares by angles, as ArcFace's, where a classifier adds",
            };
        }

        var features = checkpoint.Tensors[end].Shape is [var count] ? count : 0;
        var single = linears.Where(linear => linear.Shape[1] == features && IsAlone(linear, rest)).ToArray();
        var classifier = linears.Length == 1
            ? single.FirstOrDefault()
            : single.FirstOrDefault(linear => linear.Layer == "classifier") ?? Only(single.Where(linear => KeyRule.IsHeadsName(linear.Name)));
        var isShadowed = classifier is not null && rest.Any(item => item.Layer == "classifier" && item.Layer != classifier.Layer);
        return classifier is null || isShadowed ? Larger(linears, rest, features) : Single(classifier, rest);
    }

    [GeneratedRegex("^(?:metric_fc|margin|.*(?:arc|cos|sphere)_?(?:face|margin)).*$", RegexOptions.IgnoreCase)]
    private static partial Regex Margin();

    private static Item? Only(IEnumerable<Item> items) => items.Take(2).ToArray() is [var only] ? only : null;

    private static bool IsAlone(Item linear, Item[] rest) =>
        rest.All(item => item.Top != linear.Top || item.Name == linear.Name || item.Name == linear.Layer + Bias);

    private static NetworkHead Single(Item linear, Item[] rest)
    {
        var bias = rest.FirstOrDefault(item => item.Name == linear.Layer + Bias);
        var isRenamed = linear.Layer != "classifier";
        var renamed = new Dictionary<string, string>();
        if (isRenamed)
        {
            renamed[linear.Key] = "classifier" + Weight;
            if (bias is not null)
            {
                renamed[bias.Key] = "classifier" + Bias;
            }
        }

        return new NetworkHead { Renamed = renamed, LayerName = isRenamed ? linear.Layer : null, LacksBias = bias is null };
    }

    private static NetworkHead Larger(Item[] linears, Item[] rest, long features)
    {
        var tops = linears.Select(linear => linear.Top).ToHashSet(StringComparer.Ordinal);
        var head = rest.Where(item => tops.Contains(item.Top)).ToArray();
        var layers = head.Where(item => item.Name.EndsWith(Weight, StringComparison.Ordinal)).Select(item => item.Layer).ToArray();
        return new NetworkHead
        {
            Unbuilt = head.Select(item => item.Key).ToHashSet(StringComparer.Ordinal),
            Problem = layers.Length > 1
                ? $"Its head has several layers ({string.Join(", ", layers.Select(PrintableText.Of))})"
                : $"Its head {PrintableText.Of(linears[0].Layer)} takes {linears[0].Shape[1]} values where the network has {features} features",
        };
    }

    private sealed record Item(string Key, string Name, IReadOnlyList<long> Shape)
    {
        public bool IsLinear => Shape.Count == 2 && Name.EndsWith(Weight, StringComparison.Ordinal);

        /// <summary>The module that the tensor belongs to.</summary>
        public string Layer { get; } = Name[..Math.Max(0, Name.LastIndexOf('.'))];

        /// <summary>The outermost module that it belongs to.</summary>
        public string Top { get; } = Name[..(Name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? dot : Name.Length)];
    }
}
