using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>The levels of the network's feature pyramid: names, channels and reductions; timm's <c>feature_info</c>.</summary>
    public IReadOnlyList<FeatureLevel> FeatureLevels => Spec.FeatureLevels;

    /// <summary>
    /// The maps of several resolutions for a detector or a segmenter, timm's <c>features_only=True</c>: the stem before its pooling,
    /// each dense block before its transition, and the last norm and ReLU in place of the last block. Nothing beyond the deepest
    /// level that is asked for is computed.
    /// </summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <param name="outIndices">Which of <see cref="FeatureLevels"/>, from 0, negative ones from the end as in Python; all if null.</param>
    /// <returns>A tensor an index, in their order, each <c>[N, C', H', W']</c> and the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">There is no such level, one is named twice or none at all, or the images do not fit; nothing has
    /// been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public IReadOnlyList<Tensor> FeaturePyramid(Tensor x, IReadOnlyList<int>? outIndices = null)
    {
        using var use = _gate.Use();
        NetworkInput.Require(Spec, FirstWeight, x);
        var levels = Spec.FeatureLevels;
        var wanted = Wanted(outIndices, levels.Count);
        var stages = StagesOf(levels);
        var found = new List<Tensor>();
        try
        {
            foreach (var stage in stages[..(wanted.Max() + 1)])
            {
                var isSeen = ForwardHooks.See(stage[^1]);
                var given = found is [.., var last] ? last.alias() : IsChannelsLast ? Layouts.ChannelsLast(x) : x;
                found.Add(ForwardHooks.Own(ModuleRow.Call(stage, given, freesInput: !ReferenceEquals(given, x)), isSeen));
            }

            if (found.Count == levels.Count && IsLastReluOutside)
            {
                found[^1] = Activated(found[^1]);
            }
        }
        catch
        {
            found.ForEach(maps => maps.Dispose());
            throw;
        }

        foreach (var unwanted in Enumerable.Range(0, found.Count).Except(wanted))
        {
            found[unwanted].Dispose();
        }

        return [.. wanted.Select(index => found[index])];
    }

    /// <summary>The children of <c>features</c> that lead from one level to the next: up to a norm's ReLU, where that is a child of its own.
    /// </summary>
    private nn.Module[][] StagesOf(IReadOnlyList<FeatureLevel> levels)
    {
        (string Name, nn.Module Module)[] children = [.. features.named_children()];
        var begin = 0;
        return [.. levels.Select(level =>
        {
            var last = level.Module[$"{nameof(features)}.".Length..];
            var relu = last.Replace("norm", "relu", StringComparison.Ordinal);
            var end = Math.Max(Array.FindIndex(children, child => child.Name == last), Array.FindIndex(children, child => child.Name == relu)) + 1;
            nn.Module[] stage = [.. children[begin..end].Select(child => child.Module)];
            begin = end;
            return stage;
        })];
    }

    private static int[] Wanted(IReadOnlyList<int>? outIndices, int count)
    {
        if (outIndices is null)
        {
            return [.. Enumerable.Range(0, count)];
        }

        if (outIndices.FirstOrDefault(index => index < -count || index >= count, -1) is var wrong && (wrong < -count || wrong >= count))
        {
            throw new ArgumentOutOfRangeException(
                nameof(outIndices), wrong, $"The network has {count} levels: 0 to {count - 1}, or -{count} to -1 from the end.");
        }

        int[] wanted = [.. outIndices.Select(index => index < 0 ? index + count : index)];
        return wanted.Length > 0 && wanted.Distinct().Count() == wanted.Length
            ? wanted
            : throw new ArgumentException(
                wanted.Length == 0 ? "No level is named; leave the indices out for all." : "A level is named twice.", nameof(outIndices));
    }
}
