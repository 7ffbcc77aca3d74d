namespace DenseNetSharp.Metrics;

/// <summary>What a label's threshold is chosen by.</summary>
public enum ThresholdRule
{
    /// <summary>Youden's J: the highest sum of sensitivity and specificity (Youden, 1950).</summary>
    Youden,

    /// <summary>The highest F1.</summary>
    F1,
}

/// <summary>Chooses among the scores that occur.</summary>
internal static class ThresholdRules
{
    /// <summary>The threshold; of equally good ones the highest. Null where images of one kind are missing.</summary>
    public static float? Choose(this ThresholdRule rule, IReadOnlyList<ThresholdCounts> counts)
    {
        if (counts is not [.., { TruePositives: > 0 and var positives, FalsePositives: > 0 and var negatives }])
        {
            return null;
        }

        // Compared as whole numbers, so that equals are equal.
        return rule == ThresholdRule.Youden
            ? counts.MaxBy(count => (Int128)count.TruePositives * negatives - (Int128)count.FalsePositives * positives).Score
            : counts.Aggregate((best, count) => ScoreOf(count) * SumOf(best) > ScoreOf(best) * SumOf(count) ? count : best).Score;

        // F1 is the quotient of twice the true positives and of all found and all there.
        static Int128 ScoreOf(ThresholdCounts count) => count.TruePositives;
        Int128 SumOf(ThresholdCounts count) => count.TruePositives + count.FalsePositives + positives;
    }
}
