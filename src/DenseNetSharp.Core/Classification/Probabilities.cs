namespace DenseNetSharp.Classification;

/// <summary>From a network's logits to predictions.</summary>
public static class Probabilities
{
    /// <summary>Turns logits into probabilities that sum to 1.</summary>
    /// <param name="logits">One value a class, <c>[C]</c>.</param>
    /// <param name="temperature">What the logits are divided by first.</param>
    /// <returns>The probabilities, <c>[C]</c>; computed in double precision, safe from overflow.</returns>
    public static float[] Softmax(ReadOnlySpan<float> logits, double temperature = 1)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var weights = new double[logits.Length];
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] = Math.Exp((logits[i] - largest) / temperature);
        }

        var probabilities = new float[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            probabilities[i] = (float)(weights[i] / sum);
        }

        return probabilities;
    }

    /// <summary>Turns each logit into a probability of its own, for classes that do not exclude each other.</summary>
    /// <param name="logits">One value a class, <c>[C]</c>.</param>
    /// <param name="temperature">What the logits are divided by first.</param>
    /// <returns>The probabilities, <c>[C]</c>, each 1 / (1 + exp(-logit / temperature)); computed in double precision.</returns>
    public static float[] Sigmoid(ReadOnlySpan<float> logits, double temperature = 1)
    {
        var probabilities = new float[logits.Length];
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = (float)(1 / (1 + Math.Exp(-(double)logits[i] / temperature)));
        }

        return probabilities;
    }

    /// <summary>Picks the likeliest classes.</summary>
    /// <param name="probabilities">One value a class, <c>[C]</c>.</param>
    /// <param name="count">How many to pick; where there are fewer classes, all are.</param>
    /// <param name="labels">The classes' names, or null.</param>
    /// <returns>The predictions, the likeliest first; of equal ones the lower index first.</returns>
    /// <exception cref="ArgumentException">The count is negative, or there are not as many labels as classes.</exception>
    public static IReadOnlyList<Prediction> Top(
        ReadOnlySpan<float> probabilities, int count, IReadOnlyList<string>? labels = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (labels is not null && labels.Count != probabilities.Length)
        {
            throw new ArgumentException($"There are {labels.Count} labels for {probabilities.Length} classes.", nameof(labels));
        }

        var keys = new float[probabilities.Length];
        var indices = new int[probabilities.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            (keys[i], indices[i]) = (probabilities[i], i);
        }

        Array.Sort(indices, (a, b) => keys[b].CompareTo(keys[a]) is not 0 and var order ? order : a.CompareTo(b));
        return indices.Take(count).Select(index => new Prediction(index, labels?[index], keys[index])).ToArray();
    }
}
