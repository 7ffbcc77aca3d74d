namespace DenseNetSharp.Classification;

/// <summary>Several classifiers as one: the mean of their probabilities (Lakshminarayanan and others, 2017,
/// https://arxiv.org/abs/1612.01474).</summary>
/// <param name="members">The classifiers, each at its own temperature.</param>
/// <param name="places">For each member, where the classes of the ensemble are among its own.</param>
/// <param name="task">What the scores of all mean.</param>
internal sealed class EnsembleScorer(
    IReadOnlyList<ImageClassifier> members, IReadOnlyList<IReadOnlyList<int>> places, ClassificationTask task) : ImageScorer
{
    public override int NumClasses { get; } = places[0].Count;

    // What members prepare alike is prepared once.
    public override IReadOnlyList<ImageViews> Views => [.. members.SelectMany(member => member.Scorer.Views).Distinct()];

    /// <inheritdoc/>
    /// <remarks>Scores are the logarithms of the mean probabilities, or where labels do not exclude each other the logits of theirs, so that
    /// softmax or sigmoid gives the means back; where there are no probabilities, the means of the values.</remarks>
    public override float[] Score(PreparedImages images, CancellationToken cancellationToken)
    {
        var classes = NumClasses;
        var all = new double[members.Count][];
        foreach (var (i, member) in members.Index())
        {
            var scores = member.Scorer.Score(images, cancellationToken);
            var ordered = all[i] = new double[scores.Length];
            for (var place = 0; place < ordered.Length; place++)
            {
                ordered[place] = scores[(place / classes * classes) + places[i][place % classes]] / member.Temperature;
            }
        }

        var means = new float[images.Count * classes];
        var own = new double[members.Count];
        var other = new double[members.Count];
        if (task == ClassificationTask.Multiclass)
        {
            foreach (var scores in all)
            {
                for (var row = 0; row < scores.Length; row += classes)
                {
                    LogSoftmax(scores.AsSpan(row, classes));
                }
            }
        }

        for (var place = 0; place < means.Length; place++)
        {
            for (var i = 0; i < own.Length; i++)
            {
                var score = all[i][place];
                (own[i], other[i]) = task == ClassificationTask.Multilabel ? (LogSigmoid(score), LogSigmoid(-score)) : (score, 0);
            }

            means[place] = (float)(task switch
            {
                ClassificationTask.None => own.Average(),
                // The number of members is in both sums, and cancels.
                ClassificationTask.Multilabel => LogSum(own) - LogSum(other),
                _ => LogSum(own) - Math.Log(own.Length),
            });
        }

        return means;
    }

    private static void LogSoftmax(Span<double> scores)
    {
        var sum = LogSum(scores);
        foreach (ref var score in scores)
        {
            score -= sum;
        }
    }

    /// <summary>log(sigmoid(x)), without overflow.</summary>
    private static double LogSigmoid(double x) => Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x)));

    /// <summary>log(sum(exp(x))), without overflow.</summary>
    private static double LogSum(ReadOnlySpan<double> values)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in values)
        {
            largest = Math.Max(largest, value);
        }

        double sum = 0;
        foreach (var value in values)
        {
            sum += Math.Exp(value - largest);
        }

        return largest + Math.Log(sum);
    }
}
