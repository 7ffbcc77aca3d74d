namespace DenseNetSharp.Metrics;

/// <summary>The losses of single predictions, in double precision.</summary>
internal static class CrossEntropy
{
    /// <summary><c>torch.nn.functional.cross_entropy</c> of one row: -log(softmax(logits)[target]).</summary>
    /// <param name="logits">The row.</param>
    /// <param name="target">The right class.</param>
    /// <param name="best">The index of a largest logit.</param>
    /// <param name="scale">What the logits are multiplied by first, a temperature's inverse.</param>
    public static double OfSoftmax(ReadOnlySpan<float> logits, int target, int best, double scale = 1)
    {
        // The largest term is exp(0); left out of the sum, it does not swallow what a confident network gives the others.
        double others = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            others += i == best ? 0 : Math.Exp(((double)logits[i] - logits[best]) * scale);
        }

        return (((double)logits[best] - logits[target]) * scale) + LogOnePlus(others);
    }

    /// <summary><c>torch.nn.functional.binary_cross_entropy_with_logits</c> of one value: -log of what the sigmoid
    /// gives the truth.</summary>
    public static double OfSigmoid(float logit, bool target, double scale = 1) =>
        (Math.Max(target ? -(double)logit : logit, 0) * scale) + LogOnePlus(Math.Exp(-Math.Abs((double)logit) * scale));

    // Math.Log(1 + x) is 0 for the smallest x; the quotient takes back what the addition rounded away.
    private static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
