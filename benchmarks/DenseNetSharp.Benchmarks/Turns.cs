namespace DenseNetSharp.Benchmarks;

/// <summary>Sides that are timed in turns, so that a machine that changes its speed changes it for all of them.</summary>
internal static class Turns
{
    /// <summary>
    /// For one side's threads to stop waiting actively before the next side begins: OpenMP's do so for some milliseconds
    /// after their work is done, ONNX Runtime's for up to 50, at the cost of whoever comes next.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    /// <summary>How the sides are kept apart, for people to read above the figures.</summary>
    public static string Description(int threads)
    {
        var policy = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY");
        var waiting = string.IsNullOrEmpty(policy)
            ? "is not set, as no two sides compute at once"
            : $"is {policy} for every side, from this program's environment";
        return $"{threads} threads on each side; {Pause.TotalMilliseconds} ms between turns; OMP_WAIT_POLICY {waiting}";
    }

    /// <summary>What each side answers, run after run; every run begins with another side.</summary>
    /// <param name="sides">Each does its work once and answers with the milliseconds.</param>
    /// <param name="warmups">Runs before those that count.</param>
    /// <param name="runs">Runs that count.</param>
    public static List<double>[] Take(IReadOnlyList<Func<double>> sides, int warmups, int runs)
    {
        var times = sides.Select(_ => new List<double>()).ToArray();
        for (var run = -warmups; run < runs; run++)
        {
            for (var turn = 0; turn < sides.Count; turn++)
            {
                var side = (run + warmups + turn) % sides.Count;
                Thread.Sleep(Pause);
                var time = sides[side]();
                if (run >= 0)
                {
                    times[side].Add(time);
                }
            }
        }

        return times;
    }
}
