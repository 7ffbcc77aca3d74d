namespace DenseNetSharp.Metrics;

/// <summary>How far an evaluation's figures would vary with other images of the same kind: the bootstrap's percentile intervals
/// (Efron, 1979), images drawn with replacement.</summary>
public sealed class EvaluationIntervals
{
    private readonly Dictionary<EvaluationMetric, ConfidenceInterval> _metrics;

    private EvaluationIntervals(int resamples, long seed, EvaluationMetric[] metrics, ConfidenceInterval[] intervals, int classes)
    {
        (Resamples, Seed) = (resamples, seed);
        _metrics = metrics.Index().ToDictionary(entry => entry.Item, entry => intervals[entry.Index]);
        Auroc = intervals[metrics.Length..(metrics.Length + classes)];
        AveragePrecision = intervals[(metrics.Length + classes)..];
    }

    /// <summary>How often the images were drawn.</summary>
    public int Resamples { get; }

    /// <summary>What chose them.</summary>
    public long Seed { get; }

    /// <summary>Each class's area under the ROC curve, <c>[C]</c>.</summary>
    public IReadOnlyList<ConfidenceInterval> Auroc { get; }

    /// <summary>Each class's average precision, <c>[C]</c>.</summary>
    public IReadOnlyList<ConfidenceInterval> AveragePrecision { get; }

    /// <summary>A metric's interval.</summary>
    /// <param name="metric">A metric that the evaluation's task has.</param>
    /// <exception cref="KeyNotFoundException">The task does not have it.</exception>
    public ConfidenceInterval Of(EvaluationMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _metrics.TryGetValue(metric, out var interval)
            ? interval
            : throw new KeyNotFoundException($"The evaluation's task has no {metric.Title}.");
    }

    internal static EvaluationIntervals Of(Evaluation evaluation, int resamples, long seed, CancellationToken cancellationToken)
    {
        EvaluationMetric[] metrics = [.. EvaluationMetric.For(evaluation.Task)];
        // What the resamples share is made before they part.
        var whole = FiguresOf(evaluation.Sample(null), metrics);
        var figures = new double[resamples][];
        var random = new BootstrapDraws((int)evaluation.Count, seed);
        // In parts, so that drawing in order and computing at once need not keep all draws.
        foreach (var part in Enumerable.Range(0, resamples).Chunk(4 * Environment.ProcessorCount))
        {
            int[][] draws = [.. part.Select(_ => random.Next())];
            Parallel.For(0, part.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
                figures[part[i]] = FiguresOf(evaluation.Sample(draws[i]), metrics));
        }

        ConfidenceInterval[] intervals =
            [.. Enumerable.Range(0, whole.Length).Select(place => ConfidenceInterval.Of(figures.Select(sample => sample[place])))];
        return new EvaluationIntervals(resamples, seed, metrics, intervals, (whole.Length - metrics.Length) / 2);
    }

    private static double[] FiguresOf(SampleFigures sample, EvaluationMetric[] metrics) =>
        [.. metrics.Select(metric => metric.Of(sample)), .. sample.Auroc, .. sample.AveragePrecision];
}
