using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>DenseNets of other projects, known by their keys, that this version does not build: each is refused by its name.</summary>
internal static class ForeignLayout
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

        if (shapes.TryGetValue("features.conv0.weight", out var stem))
        {
            return stem switch
            {
                [_, _, _, _, _] => "It is a DenseNet in three dimensions, as MONAI's with spatial_dims=3, " + NotBuilt + ".",
                [_, _, _] => "It is a DenseNet in one dimension, as MONAI's with spatial_dims=1, " + NotBuilt + ".",
                [_, _, not (3 or 7), _] or [_, _, _, not (3 or 7)] => $"Its stem is one {stem[2]}x{stem[3]} convolution, " + NotBuilt + ".",
                _ => null,
            };
        }

        // The same tensors make one network or another: names that are known alone tell which channels a layer puts first.
        return CifarLayout.IsCifars(shapes.Keys)
            ? "It is a CIFAR DenseNet of names that are not known here: whether a layer puts its new channels before or after the old ones, its shapes "
                + "do not tell."
            : null;
    }
}
