using System.Diagnostics.CodeAnalysis;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.StateDicts;

/// <summary>
/// The network of no classes that some tensors' shapes speak for; whether every tensor fits it is looked at afterwards.
/// </summary>
/// <param name="shapes">Today's names, and shapes.</param>
internal sealed class FeaturesGuess(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes)
{
    // Far above any network, and small enough that no sum of channels overflows.
    private const long MostChannels = 1 << 20;

    /// <summary>Why there is no guess.</summary>
    public string? Problem { get; private set; }

    /// <summary>Guesses; null where that is impossible, with the <see cref="Problem"/>.</summary>
    /// <param name="hasBlurPooling">Whether the stem's pooling has a blur, which no shape tells; null where nothing tells it.</param>
    /// <param name="hasLastNorm">Whether a norm follows the last block; null where only its tensors tell.</param>
    public DenseNetSpec? Guess(bool? hasBlurPooling, bool? hasLastNorm)
    {
        const string firstLayer = "features.denseblock1.denselayer1";
        if (!TryGetShape("features.conv0.weight", 4, out var first) || !TryGetShape($"{firstLayer}.conv1.weight", 4, out var conv1))
        {
            return null;
        }

        var stem = StemOf(first);
        var last = first;
        var growth = conv1;
        var hasBottlenecks = conv1[2] == 1 || shapes.ContainsKey($"{firstLayer}.conv2.weight");
        if ((stem == DenseNetStem.Deep && !TryGetShape("features.conv2.weight", 4, out last))
            || (hasBottlenecks && !TryGetShape($"{firstLayer}.conv2.weight", 4, out growth)))
        {
            return null;
        }

        if (hasBottlenecks && conv1[0] % growth[0] != 0)
        {
            Problem = $"{firstLayer}.conv1 has {conv1[0]} channels, no multiple of the growth rate {growth[0]}.";
            return null;
        }

        var blocks = CountLayers();
        if (last[0] + (growth[0] * (long)blocks.Sum()) > MostChannels)
        {
            Problem = $"Its {blocks.Sum()} layers of growth rate {growth[0]} have more channels than any DenseNet.";
            return null;
        }

        if (stem == DenseNetStem.Deep && hasBlurPooling is null)
        {
            Problem = "Its deep stem ends in a max pooling alone, as densenet264d's, or in one with a blur, as densenetblur121d's, which no tensor "
                + "tells: the network must be named.";
            return null;
        }

        return new DenseNetSpec
        {
            InputChannels = first[1],
            InitFeatures = last[0],
            GrowthRate = growth[0],
            BottleneckSize = hasBottlenecks ? conv1[0] / growth[0] : 0,
            BlockConfig = blocks,
            Compression = Compression(blocks.Count),
            Stem = stem,
            HasBlurPooling = hasBlurPooling ?? false,
            HasConvolutionBias = shapes.ContainsKey("features.conv0.bias"),
            // Of networks without biases none is known to lack it: it is missing, then.
            HasLastNorm = hasLastNorm ?? shapes.Keys.Any(key => key.StartsWith(DenseNetModules.LastNorm, StringComparison.Ordinal))
                || !shapes.ContainsKey("features.conv0.bias"),
            // timm's networks alone have deep stems.
            ActivatesLastMaps = stem == DenseNetStem.Deep,
            NumClasses = 0,
        };
    }

    private DenseNetStem StemOf(int[] conv0) =>
        shapes.ContainsKey("features.conv1.weight") && shapes.ContainsKey("features.conv2.weight") ? DenseNetStem.Deep
        : conv0 is [_, _, 3, 3] ? DenseNetStem.ThreeByThree
        : DenseNetStem.SevenBySeven;

    private bool TryGetShape(string key, int rank, [NotNullWhen(true)] out int[]? shape)
    {
        shape = null;
        if (!shapes.TryGetValue(key, out var found))
        {
            Problem = $"It has no {key}.";
            return false;
        }

        if (found.Count != rank || found.Any(size => size is < 1 or > MostChannels))
        {
            Problem = $"{key} has the shape {ShapeText.Of(found)}, which no DenseNet has.";
            return false;
        }

        shape = found.Select(size => (int)size).ToArray();
        return true;
    }

    private List<int> CountLayers()
    {
        var blocks = new List<int>();
        for (var block = 1; ; block++)
        {
            var layers = 0;
            while (shapes.ContainsKey($"features.denseblock{block}.denselayer{layers + 1}.conv1.weight"))
            {
                layers++;
            }

            if (layers == 0)
            {
                return blocks;
            }

            blocks.Add(layers);
        }
    }

    /// <summary>The part of the channels that every transition keeps; half where there is no such part, so that a tensor that does
    /// not fit is named afterwards.</summary>
    private double Compression(int blocks)
    {
        var transitions = new List<(int In, int Out)>();
        for (var block = 1; block < blocks; block++)
        {
            // One that is missing or misshapen is found when all tensors are looked at.
            if (shapes.TryGetValue($"features.transition{block}.conv.weight", out var shape)
                && shape is [>= 1 and <= MostChannels, >= 1 and <= MostChannels, ..])
            {
                transitions.Add(((int)shape[1], (int)shape[0]));
            }
        }

        // The usual parts first, then round ones, else the middle of what all transitions allow.
        var least = transitions.Select(item => (double)item.Out / item.In).DefaultIfEmpty(0).Max();
        var most = transitions.Select(item => (item.Out + 1.0) / item.In).DefaultIfEmpty(1).Min();
        double[] candidates = [0.5, 1, .. Enumerable.Range(1, 99).OrderBy(Roundness).Select(percent => percent / 100.0), (least + most) / 2];
        return candidates.FirstOrDefault(
            part => part is > 0 and <= 1 && transitions.All(item => (int)(item.In * part) == item.Out), 0.5);
    }

    private static int Roundness(int percent) => percent % 10 == 0 ? 0 : percent % 25 == 0 ? 1 : percent % 5 == 0 ? 2 : 3;
}
