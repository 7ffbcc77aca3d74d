namespace DenseNetSharp.Metrics;

/// <summary>Checks the scores that metrics are given.</summary>
internal static class LogitBatch
{
    /// <summary>Refuses logits that are not <c>[rows, columns]</c> or not finite.</summary>
    public static void Check(ReadOnlySpan<float> logits, int rows, int columns)
    {
        if (logits.Length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"The logits of [{rows}, {columns}] are {(long)rows * columns} values, not {logits.Length}.", nameof(logits));
        }

        for (var i = 0; i < logits.Length; i++)
        {
            if (!float.IsFinite(logits[i]))
            {
                throw new ArgumentException(
                    $"The logit in row {i / columns}, column {i % columns} is {logits[i]}; metrics need finite values.",
                    nameof(logits));
            }
        }
    }
}
