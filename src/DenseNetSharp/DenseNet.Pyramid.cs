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
        CheckInput(x);
        var levels = Spec.FeatureLevels;
        var wanted = Wanted(outIndices, levels.Count);
        var (deepest, taps) = (wanted.Max(), TapsOf(levels));
        using var scope = NewDisposeScope();
        var found = new Tensor[levels.Count];
        var (maps, level) = (x, 0);
        foreach (var (name, module) in features.named_children())
        {
            var input = maps;
            maps = ((nn.Module<Tensor, Tensor>)module).call(input);
            if (!ReferenceEquals(input, x) && !Array.Exists(found, kept => ReferenceEquals(kept, input)))
            {
                input.Dispose();
            }

            if (name != taps[level])
            {
                continue;
            }

            found[level] = level == levels.Count - 1 && IsLastReluOutside ? Activated(maps) : maps;
            if (level++ == deepest)
            {
                break;
            }
        }

        return [.. wanted.Select(index => found[index].MoveToOuterDisposeScope())];
    }

    /// <summary>After which child of <c>features</c> a level is complete: after a norm's ReLU, where that is a child of its own.</summary>
    private string[] TapsOf(IReadOnlyList<FeatureLevel> levels)
    {
        string[] children = [.. features.named_children().Select(child => child.name)];
        return [.. levels.Select(level =>
        {
            var child = level.Module[$"{nameof(features)}.".Length..];
            var relu = child.Replace("norm", "relu", StringComparison.Ordinal);
            return children.Contains(relu) ? relu : child;
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
