using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>Temperature scaling: the one number by which a network's scores are divided so that its probabilities come true as often as
/// they say (Guo and others, 2017, https://arxiv.org/abs/1706.04599, section 4.2).</summary>
/// <remarks>
/// The temperature is fit on images that were held out, by the least mean negative log likelihood: the cross entropy where classes exclude
/// each other, the binary cross entropy of the known targets where they do not. Which class is the likeliest does not change, nor, where
/// thresholds go with it (<see cref="ConvertThresholds"/>), which labels are found.
/// </remarks>
public static class TemperatureScaling
{
    private const double Tolerance = 1e-13;
    private const int MostSteps = 200;

    /// <summary>Fits a temperature where classes exclude each other.</summary>
    /// <param name="logits">One score a class, <c>[n, C]</c>, before any softmax.</param>
    /// <param name="targets">The right classes' indices, <c>[n]</c>.</param>
    /// <returns>The temperature, to about ten digits.</returns>
    /// <exception cref="ArgumentException">There is no image, there are not as many scores for each target, a score is NaN or infinite, or a
    /// target is no class.</exception>
    public static TemperatureFit Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets)
    {
        if (targets.IsEmpty || logits.IsEmpty || logits.Length % targets.Length != 0)
        {
            throw new ArgumentException(
                $"{logits.Length} logits are no whole number of classes for {targets.Length} images; a temperature needs one image at least.",
                nameof(logits));
        }

        // The metrics check what they are given.
        var metrics = new MulticlassMetrics(logits.Length / targets.Length);
        metrics.Add(logits, targets);
        return Fit(metrics.Scores);
    }

    /// <summary>Fits a temperature where labels do not exclude each other.</summary>
    /// <param name="logits">One score a label, <c>[n, C]</c> or any other shape, before any sigmoid.</param>
    /// <param name="targets">Whether the label is there, as many: 1, 0, or NaN where that is not known, which is left out.</param>
    /// <returns>The temperature, one for all labels, to about ten digits.</returns>
    /// <exception cref="ArgumentException">No target is known, there are not as many targets as scores, a score is NaN or infinite, or a
    /// target is something else.</exception>
    public static TemperatureFit Fit(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets)
    {
        var metrics = new MultilabelMetrics(1);
        metrics.Add(logits, targets);
        return metrics.KnownTargets == 0
            ? throw new ArgumentException("No target is known; a temperature needs one at least.", nameof(targets))
            : Fit(metrics.Scores);
    }

    /// <summary>What thresholds of probabilities at one temperature are at another, so that the same labels are found: the sigmoid rises
    /// with the score at any temperature. What single precision cannot tell apart any more, near 1, counts as found.</summary>
    /// <param name="thresholds">The probabilities from which on labels count as found. What no probability can be compared with, NaN, 0 and
    /// less, and more than 1, stays.</param>
    /// <param name="from">The temperature that they belong to.</param>
    /// <param name="to">The temperature that they are to belong to.</param>
    /// <returns>As many thresholds.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is not a finite number above 0.</exception>
    public static IReadOnlyList<float> ConvertThresholds(IReadOnlyList<float> thresholds, double from, double to) =>
        Temperatures.ConvertThresholds(thresholds, from, to);

    internal static TemperatureFit Fit(MulticlassScores scores) => Fit(scores.Images.Count, inverse =>
    {
        var sums = default(Sums);
        foreach (var image in scores.Images)
        {
            sums += Sums.OfSoftmax(image.Logits, image.Target, image.Predicted, inverse);
        }

        return sums;
    });

    internal static TemperatureFit Fit(MultilabelScores scores) => Fit(scores.Images.Sum(image => (long)image.Known), inverse =>
    {
        var sums = default(Sums);
        foreach (var image in scores.Images)
        {
            for (var label = 0; label < image.Logits.Length; label++)
            {
                if (!float.IsNaN(image.Targets[label]))
                {
                    sums += Sums.OfSigmoid(image.Logits[label], image.Targets[label] == 1, inverse);
                }
            }
        }

        return sums;
    });

    /// <summary>The loss is convex in the temperature's inverse: its slope rises from a temperature without end to one of 0.</summary>
    /// <param name="count">How many losses there are.</param>
    /// <param name="at">The sums at an inverse temperature.</param>
    private static TemperatureFit Fit(long count, Func<double, Sums> at)
    {
        var (flat, steep, own) = (at(0), at(double.PositiveInfinity), at(1));
        var fault = (flat.Slope, steep.Slope) switch
        {
            (0, 0) => "the scores of all classes are equal, so that every temperature gives the same probabilities",
            (_, <= 0) => "every image is decided rightly, so that the loss falls without end as the temperature nears 0",
            ( >= 0, _) => "the scores tell nothing of the truth, so that the loss falls without end as the temperature grows",
            _ => null,
        };
        if (fault is not null)
        {
            return new TemperatureFit(null, fault, own.Loss / count, own.Loss / count);
        }

        var inverse = Root(at, own);
        return new TemperatureFit(1 / inverse, null, own.Loss / count, at(inverse).Loss / count);
    }

    /// <summary>Where the slope is 0: Newton's steps, or halves where one would leave what is known to hold it.</summary>
    private static double Root(Func<double, Sums> at, Sums own)
    {
        double low = 0, high = 1, inverse = 1;
        var sums = own;
        while (sums.Slope < 0)
        {
            (low, high) = (high, 2 * high);
            (inverse, sums) = (high, at(high));
        }

        for (var step = 0; step < MostSteps && sums.Slope != 0; step++)
        {
            if (sums.Slope < 0)
            {
                low = inverse;
            }
            else
            {
                high = inverse;
            }

            var next = inverse - (sums.Slope / sums.Curvature);
            if (!(next > low && next < high))
            {
                next = (low + high) / 2;
            }

            var change = Math.Abs(next - inverse);
            (inverse, sums) = (next, at(next));
            if (change <= Tolerance * next)
            {
                break;
            }
        }

        return inverse;
    }

    /// <summary>Losses and their first and second derivatives by the temperature's inverse, each summed.</summary>
    private readonly record struct Sums(double Loss, double Slope, double Curvature)
    {
        public static Sums operator +(Sums a, Sums b) => new(a.Loss + b.Loss, a.Slope + b.Slope, a.Curvature + b.Curvature);

        /// <summary>The derivatives are the scores' mean and variance under the softmax, the mean less the right class's score.</summary>
        public static Sums OfSoftmax(float[] logits, int target, int best, double inverse)
        {
            // From the largest score, which the softmax at temperature 0 takes alone.
            double largest = logits[best], right = largest - logits[target];
            if (double.IsInfinity(inverse))
            {
                return new Sums(0, right, 0);
            }

            double sum = 0, mean = 0, square = 0;
            foreach (var logit in logits)
            {
                var below = logit - largest;
                var weight = Math.Exp(below * inverse);
                sum += weight;
                mean += weight * below;
                square += weight * below * below;
            }

            mean /= sum;
            return new Sums(CrossEntropy.OfSoftmax(logits, target, best, inverse), mean + right, Math.Max((square / sum) - (mean * mean), 0));
        }

        public static Sums OfSigmoid(float logit, bool target, double inverse)
        {
            if (double.IsInfinity(inverse))
            {
                return new Sums(0, target == (logit > 0) ? 0 : Math.Abs((double)logit), 0);
            }

            // The probability of what is not so, which is small where the network is right.
            var towards = target ? logit : -(double)logit;
            var wrong = 1 / (1 + Math.Exp(towards * inverse));
            return new Sums(CrossEntropy.OfSigmoid(logit, target, inverse), -towards * wrong, towards * towards * wrong * (1 - wrong));
        }
    }
}

/// <summary>What fitting a temperature came to.</summary>
/// <param name="Temperature">The temperature; null where none is the best.</param>
/// <param name="Fault">Why none is, a part of a sentence; null where one is.</param>
/// <param name="LossBefore">The mean loss of the scores as they are, at temperature 1.</param>
/// <param name="LossAfter">The mean loss at the temperature, on the images that it was fit on; that before where there is none.</param>
public sealed record TemperatureFit(double? Temperature, string? Fault, double LossBefore, double LossAfter);
