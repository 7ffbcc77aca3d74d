using System.Text.RegularExpressions;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>DenseNets of other projects, known by their keys, that this version does not build: each is refused by its name.</summary>
internal static partial class ForeignLayout
{
    private const string NotBuilt = "which this version does not build";

    /// <summary>What the network is and why it is refused, in a sentence; null where nothing is known of it.</summary>
    /// <param name="shapes">Today's names where there are any, and shapes.</param>
    public static string? Describe(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes)
    {
        if (shapes.Keys.FirstOrDefault(key => key.StartsWith("features.", StringComparison.Ordinal) && Reparametrised.KindOf(key) is not null) is { } derived)
        {
            return $"Its weights are kept by {Reparametrised.KindOf(derived)} ({PrintableText.Of(derived)}); {Reparametrised.Remedy}.";
        }

        if (shapes.ContainsKey("features.conv1.weight") && shapes.ContainsKey("features.conv2.weight"))
        {
            return "Its stem has three convolutions, as timm's densenetblur121d has, " + NotBuilt + ".";
        }

        if (shapes.TryGetValue("features.conv0.weight", out var stem))
        {
            return stem switch
            {
                [_, _, _, _, _] => "It is a DenseNet in three dimensions, as MONAI's with spatial_dims=3, " + NotBuilt + ".",
                [_, _, _] => "It is a DenseNet in one dimension, as MONAI's with spatial_dims=1, " + NotBuilt + ".",
                [_, _, 3, 3] when !shapes.ContainsKey("features.norm0.weight") =>
                    "It is a CIFAR DenseNet, whose stem is one 3x3 convolution, as gpleiss' efficient DenseNet with small_inputs, " + NotBuilt + ".",
                [_, _, not 7, _] or [_, _, _, not 7] => $"Its stem is one {stem[2]}x{stem[3]} convolution, " + NotBuilt + ".",
                _ => null,
            };
        }

        return shapes.Keys.Any(key => CifarLayer().IsMatch(key)) && shapes.Keys.Any(key => Transition().IsMatch(key)) ? Cifar(shapes.Keys) : null;
    }

    /// <summary>The same tensors make one network or another: the names alone tell which channels a layer puts first.</summary>
    private static string Cifar(IEnumerable<string> keys)
    {
        var all = keys.ToArray();
        var endings = all.Select(key => CifarEnding().Match(key).Value).ToHashSet(StringComparer.Ordinal);
        return endings switch
        {
            _ when endings.Contains("linear.weight") && endings.Contains("bn.weight") && all.Any(key => TransitionNorm().IsMatch(key)) =>
                "It is a CIFAR DenseNet as kuangliu's pytorch-cifar writes it (linear, trans1.bn; a layer's new channels go before the old ones), "
                + NotBuilt + ".",
            _ when (endings.Contains("fc.weight") || endings.Contains("classifier.weight")) && all.Any(key => TransitionNormOne().IsMatch(key)) =>
                "It is a CIFAR DenseNet as bamos' densenet.pytorch and bearpaw's pytorch-classification write it (fc, trans1.bn1; a layer's new channels "
                + "go after the old ones), " + NotBuilt + ".",
            _ => "It is a CIFAR DenseNet of names that are not known here: whether a layer puts its new channels before or after the old ones, its shapes "
                + "do not tell.",
        };
    }

    [GeneratedRegex(@"(?:^|\.)(?:dense|block)\d+\.(?:layer\.)?\d+\.(?:bn|norm|conv)1?\.weight$")]
    private static partial Regex CifarLayer();

    [GeneratedRegex(@"[a-z]+\d*\.weight$")]
    private static partial Regex CifarEnding();

    [GeneratedRegex(@"(?:^|\.)trans(?:ition)?\d+\.")]
    private static partial Regex Transition();

    [GeneratedRegex(@"(?:^|\.)trans\d+\.bn\.weight$")]
    private static partial Regex TransitionNorm();

    [GeneratedRegex(@"(?:^|\.)trans\d+\.bn1\.weight$")]
    private static partial Regex TransitionNormOne();
}
