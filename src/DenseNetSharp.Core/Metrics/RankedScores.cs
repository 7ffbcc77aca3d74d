namespace DenseNetSharp.Metrics;

/// <summary>The scores that images have for one class, highest first, and whether they belong to it. Images of which that is not
/// known are left out.</summary>
/// <remarks>Each figure takes the images' weights: how often a resample drew each of them; null counts each once.</remarks>
internal sealed class RankedScores
{
    private readonly float[] _scores;
    private readonly bool[] _truths;
    private readonly int[] _images;

    /// <param name="scores">The higher, the likelier.</param>
    /// <param name="truths">Whether the image belongs to the class.</param>
    /// <param name="images">The images' places in the weights.</param>
    public RankedScores(float[] scores, bool[] truths, int[] images)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        _scores = [.. scores];
        Array.Sort(_scores, order, Comparer<float>.Create((a, b) => b.CompareTo(a)));
        _truths = [.. order.Select(place => truths[place])];
        _images = [.. order.Select(place => images[place])];
    }

    /// <summary>The area under the ROC curve, <c>sklearn.metrics.roc_auc_score</c>: the share of pairs in which the positive has the
    /// higher score, where an equal one counts half; NaN where there is no pair.</summary>
    public double Auroc(int[]? weights = null)
    {
        // Whole numbers, and so exact: twice the pairs of two spans fit.
        ulong doubled = 0;
        ulong positives = 0;
        ulong negatives = 0;
        for (var i = 0; i < _scores.Length;)
        {
            var (positive, negative, next) = Group(i, weights);
            doubled += (ulong)negative * ((2 * positives) + (ulong)positive);
            positives += (ulong)positive;
            negatives += (ulong)negative;
            i = next;
        }

        return doubled / (2.0 * positives * negatives);
    }

    /// <summary>The average precision, <c>sklearn.metrics.average_precision_score</c>: the precision at each score, weighted by what
    /// the recall gains there; NaN without positives, where scikit-learn warns and gives 0.</summary>
    public double AveragePrecision(int[]? weights = null)
    {
        double sum = 0;
        long positives = 0;
        long all = 0;
        for (var i = 0; i < _scores.Length;)
        {
            var (positive, negative, next) = Group(i, weights);
            positives += positive;
            all += positive + negative;
            sum += positive == 0 ? 0 : positive * ((double)positives / all);
            i = next;
        }

        return sum / positives;
    }

    /// <summary>For each score that occurs, highest first: how many positives and negatives reach it.</summary>
    public IReadOnlyList<ThresholdCounts> Counts()
    {
        var counts = new List<ThresholdCounts>();
        var reached = new ThresholdCounts(float.PositiveInfinity, 0, 0);
        for (var i = 0; i < _scores.Length;)
        {
            var (positive, negative, next) = Group(i, null);
            reached = new ThresholdCounts(_scores[i], reached.TruePositives + positive, reached.FalsePositives + negative);
            counts.Add(reached);
            i = next;
        }

        return counts;
    }

    /// <summary>Images of one score, which no threshold can tell apart.</summary>
    private (long Positive, long Negative, int Next) Group(int start, int[]? weights)
    {
        long positive = 0;
        long negative = 0;
        var i = start;
        for (; i < _scores.Length && _scores[i] == _scores[start]; i++)
        {
            var weight = weights is null ? 1 : weights[_images[i]];
            if (_truths[i])
            {
                positive += weight;
            }
            else
            {
                negative += weight;
            }
        }

        return (positive, negative, i);
    }
}

/// <summary>How many images that belong to a class, and how many that do not, have at least this score for it.</summary>
internal readonly record struct ThresholdCounts(float Score, long TruePositives, long FalsePositives);
