using System.Numerics;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Metrics;

/// <summary>Draws as many images as there are, with replacement: those of <c>sklearn.utils.resample</c> with
/// <c>numpy.random.RandomState(seed)</c>.</summary>
internal sealed class BootstrapDraws(int count, long seed)
{
    private readonly MersenneTwister _random = new(unchecked((uint)seed));

    /// <summary>How often each image is drawn.</summary>
    public int[] Next()
    {
        var weights = new int[count];
        var mask = (uint)(BitOperations.RoundUpToPowerOf2((ulong)count) - 1);
        for (var drawn = 0; drawn < count; drawn++)
        {
            // NumPy draws nothing where there is nothing to choose, and what is too large again.
            uint image = 0;
            while (count > 1 && (image = _random.NextUInt32() & mask) >= count)
            {
            }

            weights[image]++;
        }

        return weights;
    }
}
