using System.Text.RegularExpressions;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// What a checkpoint has after the features: a linear layer under any name is the classifier, alone or behind a dropout or
/// before a sigmoid, which have no tensors. Several layers are a head of their own. What is neither is named and left to whoever
/// wants the features.
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
    public IReadOnlySet<string> Keys { get; private init; } = new HashSet<string>();

    /// <summary>The layers of a head of several; empty otherwise.</summary>
    public IReadOnlyList<HeadLayer> Layers { get; private init; } = [];

    /// <summary>What was assumed of those layers; null for nothing.</summary>
    public AppliedKeyRule? Assumption { get; private init; }

    /// <summary>Whether the features are fastai's, which end before their ReLU.</summary>
    public bool IsFastais { get; private init; }

    /// <summary>Whether they are pooled twice, as fastai does unless told otherwise.</summary>
    public bool IsPooledTwice { get; private init; }

    /// <summary>Why a head is not built, as the start of a sentence; null where it is, or there is none.</summary>
    public string? Problem { get; private init; }

    /// <summary>Finds the head.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="names">Its keys with today's names; the head has its own still.</param>
    /// <param name="traits">What the file says of its network itself.</param>
    /// <returns>Null where the features have no end, or no linear layer comes after them.</returns>
    public static NetworkHead? Find(Checkpoint checkpoint, IReadOnlyDictionary<string, string> names, NetworkTraits? traits)
    {
        var features = FeatureCount(checkpoint, names) * DenseNetSpec.FeaturesOfMap(traits?.Pooling ?? default);
        var rest = names
            .Where(item => !item.Value.StartsWith("features.", StringComparison.Ordinal) && !SetAside.Holds(item.Value, checkpoint.Tensors[item.Key]))
            .Select(item => new HeadTensor(item.Key, item.Value, DenseNetKeys.InPyTorchsLayout(item.Key, checkpoint.Tensors[item.Key]).Shape))
            .ToArray();
        var linears = rest.Where(item => item.IsLinear).ToArray();
        if (features > 0 && rest.FirstOrDefault(item => Reparametrised.KindOf(item.Name) is not null) is { } derived)
        {
            return new NetworkHead
            {
                Keys = rest.Where(item => item.Top == derived.Top).Select(item => item.Key).ToHashSet(StringComparer.Ordinal),
                Problem = $"Its head is kept by {Reparametrised.KindOf(derived.Name)} ({PrintableText.Of(derived.Name)}; {Reparametrised.Remedy})",
            };
        }

        if (features == 0 || linears.Length == 0)
        {
            return null;
        }

        if (linears is [var only] && Margin().IsMatch(only.Top))
        {
            return new NetworkHead
            {
                Keys = rest.Where(item => item.Top == only.Top).Select(item => item.Key).ToHashSet(StringComparer.Ordinal),
                Problem = $"Its head {PrintableText.Of(only.Layer)} compares by angles, as ArcFace's, where a classifier adds",
            };
        }

        var single = linears.Where(linear => linear.Shape[1] == features && IsAlone(linear, rest)).ToArray();
        var classifier = linears.Length == 1
            ? single.FirstOrDefault()
            : single.FirstOrDefault(linear => linear.Layer == "classifier") ?? Only(single.Where(linear => KeyRule.IsHeadsName(linear.Name)));
        var isShadowed = classifier is not null && rest.Any(item => item.Layer == "classifier" && item.Layer != classifier.Layer);
        return classifier is null || isShadowed ? Larger(linears, rest, features, checkpoint, traits) : Single(classifier, rest);
    }

    [GeneratedRegex("^(?:metric_fc|margin|.*(?:arc|cos|sphere)_?(?:face|margin)).*$", RegexOptions.IgnoreCase)]
    private static partial Regex Margin();

    private static HeadTensor? Only(IEnumerable<HeadTensor> items) => items.Take(2).ToArray() is [var only] ? only : null;

    private static bool IsAlone(HeadTensor linear, HeadTensor[] rest) =>
        rest.All(item => item.Top != linear.Top || item.Name == linear.Name || item.Name == linear.Layer + Bias);

    private static NetworkHead Single(HeadTensor linear, HeadTensor[] rest)
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

    private static NetworkHead Larger(HeadTensor[] linears, HeadTensor[] rest, long features, Checkpoint checkpoint, NetworkTraits? traits)
    {
        var tops = linears.Select(linear => linear.Top).ToHashSet(StringComparer.Ordinal);
        var head = rest.Where(item => tops.Contains(item.Top) || (linears.Length > 1 && item.Layer.Length > 0 && IsNorms(item, rest))).ToArray();
        var keys = head.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        var layers = head.Where(item => item.Name.EndsWith(Weight, StringComparison.Ordinal)).Select(item => item.Layer).ToArray();
        if (layers.Length == 1)
        {
            return new NetworkHead
            {
                Keys = keys,
                Problem = $"Its head {PrintableText.Of(linears[0].Layer)} takes {linears[0].Shape[1]} values where the network has {features} features",
            };
        }

        var several = $"Its head has several layers ({string.Join(", ", layers.Select(PrintableText.Of))})";
        if (traits?.Head is { } described)
        {
            return new NetworkHead { Keys = keys, Layers = described };
        }

        if (LayeredHead.Read(head, checkpoint) is not { } read)
        {
            return new NetworkHead { Keys = keys, Problem = $"{several} that are no sequence of linear layers and batch norms" };
        }

        var takes = read.Layers[0].InFeatures;
        var isFastais = IsFastai(head, checkpoint);
        return takes == features || (isFastais && takes == 2 * features)
            ? new NetworkHead
            {
                Keys = keys,
                Layers = read.Layers,
                Assumption = read.Assumption,
                IsFastais = isFastais,
                IsPooledTwice = takes == 2 * features,
            }
            : new NetworkHead { Keys = keys, Problem = $"{several}, the first of which takes {takes} values where the network has {features} features" };
    }

    /// <summary>fastai puts body and head into a sequence, and the features into one again.</summary>
    private static bool IsFastai(HeadTensor[] head, Checkpoint checkpoint) =>
        head.All(item => item.Name.StartsWith("1.", StringComparison.Ordinal))
        && checkpoint.Tensors.Keys.Any(key => key.EndsWith("0.0.conv0.weight", StringComparison.Ordinal));

    /// <summary>Whether a tensor beside the linear layers is of a batch norm among them.</summary>
    private static bool IsNorms(HeadTensor item, HeadTensor[] rest) => rest.Any(other => other.Name == $"{item.Layer}.running_mean");

    /// <summary>Channels of the last feature maps; 0 where the features have no end.</summary>
    private static long FeatureCount(Checkpoint checkpoint, IReadOnlyDictionary<string, string> names)
    {
        if (names.FirstOrDefault(item => item.Value == $"{DenseNetModules.LastNorm}.weight").Key is { } norm)
        {
            return checkpoint.Tensors[norm].Shape is [var count] ? count : 0;
        }

        // Without a last norm the last layer's input and what it adds.
        var (key, name) = names.LastOrDefault(item => LastLayer().IsMatch(item.Value));
        if (key is null || checkpoint.Tensors[key].Shape is not [var growth, _, _, _])
        {
            return 0;
        }

        var norm1 = $"{name[..name.LastIndexOf(".conv", StringComparison.Ordinal)]}.norm1.weight";
        return names.FirstOrDefault(item => item.Value == norm1).Key is { } first && checkpoint.Tensors[first].Shape is [var before] ? before + growth : 0;
    }

    [GeneratedRegex(@"^features\.denseblock\d+\.denselayer\d+\.conv[12]\.weight$")]
    private static partial Regex LastLayer();
}
