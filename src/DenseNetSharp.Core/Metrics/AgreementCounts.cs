namespace DenseNetSharp.Metrics;

/// <summary>How often classes were right, were predicted, and both: what a confusion matrix' figures need of it.</summary>
internal sealed class AgreementCounts(int classes)
{
    private readonly long[] _both = new long[classes];
    private readonly long[] _actual = new long[classes];
    private readonly long[] _predicted = new long[classes];

    public long Count { get; private set; }

    public void Add(int target, int predicted, int weight)
    {
        _actual[target] += weight;
        _predicted[predicted] += weight;
        _both[target] += target == predicted ? weight : 0;
        Count += weight;
    }

    /// <summary><c>sklearn.metrics.accuracy_score</c>.</summary>
    public double Accuracy => (double)_both.Sum() / Count;

    /// <summary><c>sklearn.metrics.balanced_accuracy_score</c>: the mean recall of the classes that occur as truth.</summary>
    public double BalancedAccuracy => SampleFigures.MeanOfDefined(_both.Zip(_actual, (both, actual) => (double)both / actual));

    /// <summary><c>sklearn.metrics.cohen_kappa_score</c>; NaN where all are one class in truth and prediction.</summary>
    public double Kappa
    {
        get
        {
            // Whole numbers as far as they go: n squared stays below 2^63 for three thousand million images.
            var byChance = _actual.Zip(_predicted, (actual, predicted) => actual * predicted).Sum();
            return (double)((Count * _both.Sum()) - byChance) / ((Count * Count) - byChance);
        }
    }

    public ClassScores[] PerClass() =>
    [
        .. Enumerable.Range(0, classes).Select(i => ClassScores.Of(_both[i], _predicted[i] - _both[i], _actual[i] - _both[i])),
    ];

    /// <summary><c>sklearn.metrics.f1_score(average="macro")</c>: over the classes that occur as truth or as prediction.</summary>
    public double MacroF1 => SampleFigures.MeanOfDefined(
        PerClass().Select((scores, i) => _actual[i] + _predicted[i] == 0 ? double.NaN : scores.F1));

    /// <summary><c>sklearn.metrics.f1_score(average="weighted")</c>.</summary>
    public double WeightedF1 => PerClass().Sum(scores => scores.F1 * scores.Support) / Count;
}
