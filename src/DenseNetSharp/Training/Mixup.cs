using DenseNetSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>
/// Mixes each image of a batch, and what it shows, with its neighbour (https://arxiv.org/abs/1710.09412). Source:
/// <c>RandomMixup</c> of torchvision's reference training.
/// </summary>
internal static class Mixup
{
    /// <summary>The share of each image that stays, drawn for one batch.</summary>
    public static double Share(double alpha, long seed, int epoch, int batch) =>
        // Images have the indices from 0 on; batches those below.
        TorchRandom.For(seed, epoch, -1L - batch).NextBeta(alpha, alpha);

    /// <summary>Mixes a batch.</summary>
    /// <param name="values">Images <c>[N, C, H, W]</c>, or targets <c>[N, classes]</c>.</param>
    /// <param name="share">The share of each that stays; the rest is its predecessor's, the first's the last's.</param>
    /// <returns>A new tensor.</returns>
    public static Tensor Mix(Tensor values, double share)
    {
        var n = values.size(0);
        var rolled = cat([values.narrow(0, n - 1, 1), values.narrow(0, 0, n - 1)], 0);
        // Held: of a number TorchSharp makes one that its finalizer may free while libtorch reads it.
        using Scalar stays = share, comes = 1 - share;
        return values.mul(stays).add(rolled.mul(comes));
    }

    /// <summary>Class indices <c>[N]</c> as ones and zeros <c>[N, classes]</c>; ones and zeros as they are.</summary>
    public static Tensor Indicators(Tensor targets, int classes)
    {
        if (targets.dtype != ScalarType.Int64)
        {
            return targets;
        }

        using var scope = NewDisposeScope();
        var all = arange(classes, dtype: ScalarType.Int64, device: targets.device);
        return all.unsqueeze(0).eq(targets.unsqueeze(1)).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
