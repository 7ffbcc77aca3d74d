using System.Globalization;
using System.Text.RegularExpressions;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// DenseNets for CIFAR as other projects write them: <c>conv1</c>, <c>dense1.0.bn1</c>, <c>trans1</c>, a last <c>bn</c> and a
/// linear layer. Whether a layer puts its new channels before or after the old ones their names alone tell.
/// </summary>
internal static partial class CifarLayout
{
    private const string Mapping = "conv1, dense1.0.bn1, trans1 and bn are features.conv0, denseblock1.denselayer1.norm1, transition1 and norm5";

    /// <summary>bamos' densenet.pytorch, bearpaw's pytorch-classification and andreasveit's densenet-pytorch: new channels last, as here.</summary>
    public static KeyRule NewLast { get; } = new("cifar-names", $"bamos', bearpaw's and andreasveit's {Mapping}", Rename);

    /// <summary>kuangliu's pytorch-cifar: new channels first, so that what reads a block's maps reads them in another order.</summary>
    public static KeyRule NewFirst { get; } = new(
        "kuangliu-names",
        $"kuangliu's {Mapping}; a layer's new channels, which go before the old ones there, go after them",
        Rename);

    /// <summary>The rule for a file's keys, known prefixes taken off; null where they are of no such network.</summary>
    public static KeyRule? Find(IReadOnlyCollection<string> keys)
    {
        if (!IsCifars(keys))
        {
            return null;
        }

        var all = keys.ToHashSet(StringComparer.Ordinal);
        var isOld = all.Contains("fc.weight") || all.Contains("classifier.weight");
        return all.Contains("linear.weight") && all.Contains("bn.weight") && all.Contains("trans1.bn.weight") ? NewFirst
            : isOld && all.Contains("trans1.bn1.weight") ? NewLast
            : null;
    }

    /// <summary>Whether they are the keys of such a network, under whatever names.</summary>
    public static bool IsCifars(IEnumerable<string> keys)
    {
        var (hasLayer, hasTransition) = (false, false);
        foreach (var key in keys)
        {
            hasLayer |= Layer().IsMatch(key);
            hasTransition |= Transition().IsMatch(key);
        }

        return hasLayer && hasTransition;
    }

    /// <summary>The order in which a tensor's input channels stand here, by the places that they have in the file.</summary>
    /// <param name="name">Its name today.</param>
    /// <param name="shapeOf">The shapes of the file's tensors by today's names.</param>
    /// <returns>The dimension and the order; null for a tensor whose channels stand as they are.</returns>
    public static (int Dimension, int[] Order)? InputOrder(string name, Func<string, IReadOnlyList<long>?> shapeOf)
    {
        if (Reader().Match(name) is not { Success: true, Groups: var parts })
        {
            return null;
        }

        var isLast = !parts["block"].Success;
        var block = isLast ? LastBlock(shapeOf) : int.Parse(parts["block"].Value, CultureInfo.InvariantCulture);
        var layers = parts["layer"].Success ? int.Parse(parts["layer"].Value, CultureInfo.InvariantCulture) - 1 : LayersOf(block, shapeOf);
        var first = $"features.denseblock{block}.denselayer1";
        var growth = (shapeOf($"{first}.conv2.weight") ?? shapeOf($"{first}.conv1.weight"))?[0];
        if (layers == 0 || growth is not { } added || shapeOf($"{first}.norm1.weight") is not [var before])
        {
            return null;
        }

        var order = new int[before + (layers * added)];
        for (var i = 0; i < order.Length; i++)
        {
            var (layer, channel) = Math.DivRem(i - before, added);
            order[i] = (int)(i < before ? (layers * added) + i : ((layers - 1 - layer) * added) + channel);
        }

        return (parts["matrix"].Success ? 1 : 0, order);
    }

    private static int LastBlock(Func<string, IReadOnlyList<long>?> shapeOf)
    {
        var block = 1;
        while (LayersOf(block + 1, shapeOf) > 0)
        {
            block++;
        }

        return block;
    }

    private static int LayersOf(int block, Func<string, IReadOnlyList<long>?> shapeOf)
    {
        var layers = 0;
        while (shapeOf($"features.denseblock{block}.denselayer{layers + 1}.norm1.weight") is not null)
        {
            layers++;
        }

        return layers;
    }

    private static string? Rename(string key)
    {
        if (key.StartsWith("conv1.", StringComparison.Ordinal))
        {
            return $"features.conv0.{key["conv1.".Length..]}";
        }

        if (LayerKey().Match(key) is { Success: true, Groups: var parts })
        {
            var layer = int.Parse(parts["layer"].Value, CultureInfo.InvariantCulture) + 1;
            return $"features.denseblock{parts["block"].Value}.denselayer{layer}.{Kind(parts["kind"].Value)}{parts["number"].Value}.{parts["value"].Value}";
        }

        return TransitionKey().Match(key) is { Success: true, Groups: var transition }
                ? $"features.transition{transition["block"].Value}.{Kind(transition["kind"].Value)}.{transition["value"].Value}"
            : LastNormKey().Match(key) is { Success: true, Groups: var last } ? $"features.norm5.{last["value"].Value}"
            : null;

        static string Kind(string kind) => kind == "bn" ? "norm" : kind;
    }

    [GeneratedRegex(@"(?:^|\.)(?:dense|block)\d+\.(?:layer\.)?\d+\.(?:bn|norm|conv)1?\.weight$")]
    private static partial Regex Layer();

    [GeneratedRegex(@"(?:^|\.)trans(?:ition)?\d+\.")]
    private static partial Regex Transition();

    [GeneratedRegex(@"^(?:dense|block)(?<block>\d{1,2})\.(?:layer\.)?(?<layer>\d{1,4})\.(?<kind>bn|conv)(?<number>[12])\.(?<value>\w+)$")]
    private static partial Regex LayerKey();

    [GeneratedRegex(@"^trans(?<block>\d{1,2})\.(?<kind>bn|conv)1?\.(?<value>\w+)$")]
    private static partial Regex TransitionKey();

    [GeneratedRegex(@"^bn1?\.(?<value>\w+)$")]
    private static partial Regex LastNormKey();

    [GeneratedRegex(
        @"^(?:features\.denseblock(?<block>\d+)\.denselayer(?<layer>\d+)\.(?:norm1\.(?:weight|bias|running_mean|running_var)|(?<matrix>conv1\.weight))"
        + @"|features\.transition(?<block>\d+)\.(?:norm\.(?:weight|bias|running_mean|running_var)|(?<matrix>conv\.weight))"
        + @"|features\.norm5\.(?:weight|bias|running_mean|running_var)|(?<matrix>classifier\.weight))$")]
    private static partial Regex Reader();
}
