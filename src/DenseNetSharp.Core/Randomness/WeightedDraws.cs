namespace DenseNetSharp.Randomness;

/// <summary>Draws with replacement, each number in proportion to its weight: <c>torch.multinomial(weights, count, replacement=True)</c> of
/// a float64 tensor, what <c>WeightedRandomSampler</c> draws. (Of a single draw PyTorch makes another.)</summary>
internal static class WeightedDraws
{
    /// <summary>Draws numbers.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="weights">A weight for each number from 0 on: finite, not negative, and one at least more than 0.</param>
    /// <param name="count">How many to draw.</param>
    /// <exception cref="ArgumentException">The weights are not as said.</exception>
    public static int[] Draw(TorchRandom random, ReadOnlySpan<double> weights, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var cumulative = new double[weights.Length];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] >= 0 ? weights[i] : double.NaN;
            cumulative[i] = sum;
        }

        if (!(sum > 0 && double.IsFinite(sum)))
        {
            throw new ArgumentException("Weights are finite and not negative, and one at least is more than 0.", nameof(weights));
        }

        foreach (ref var part in cumulative.AsSpan())
        {
            part /= sum;
        }

        cumulative[^1] = 1;
        var drawn = new int[count];
        foreach (ref var number in drawn.AsSpan())
        {
            number = FirstNotBelow(cumulative, random.NextDouble());
        }

        return drawn;
    }

    private static int FirstNotBelow(double[] ascending, double value)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            (low, high) = ascending[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
