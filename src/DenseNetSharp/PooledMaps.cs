using DenseNetSharp.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>The pooling between the last maps and the classifier.</summary>
internal static class PooledMaps
{
    /// <summary>A new tensor of the last maps as one vector an image, or as they are.</summary>
    public static Tensor Of(Tensor maps, GlobalPooling pooling)
    {
        switch (pooling)
        {
            case GlobalPooling.None:
                return maps.alias();
            case GlobalPooling.Average:
                return Average(maps);
            case GlobalPooling.Max:
                return Largest(maps);
            default:
                using (var average = Average(maps))
                using (var largest = Largest(maps))
                {
                    if (pooling != GlobalPooling.AverageMax)
                    {
                        return cat(pooling == GlobalPooling.ConcatenatedAverageMax ? [average, largest] : [largest, average], 1);
                    }

                    using var sum = average.add(largest);
                    // Held until libtorch has read it: TorchSharp's finalizer would free it.
                    using Scalar half = 0.5;
                    return sum.mul(half);
                }
        }

        static Tensor Average(Tensor maps)
        {
            using var pooled = nn.functional.adaptive_avg_pool2d(maps, (1, 1));
            return flatten(pooled, 1);
        }

        static Tensor Largest(Tensor maps)
        {
            using var pooled = nn.functional.adaptive_max_pool2d(maps, [1, 1]);
            return flatten(pooled, 1);
        }
    }
}
