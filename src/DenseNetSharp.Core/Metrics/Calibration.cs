namespace DenseNetSharp.Metrics;

/// <summary>Probabilities beside how often they came true, in 15 bins of equal width, each with its upper end (Guo and others, 2017,
/// https://arxiv.org/abs/1706.04599, section 2).</summary>
internal sealed class Calibration
{
    /// <summary>The number of bins, as in the paper and in torchmetrics.</summary>
    public const int Bins = 15;

    private readonly double[] _confidence = new double[Bins];
    private readonly long[] _true = new long[Bins];
    private readonly long[] _count = new long[Bins];

    /// <summary>How many probabilities there are.</summary>
    public long Count => _count.Sum();

    /// <summary>The expected calibration error: the mean distance between a bin's mean probability and the share that came true;
    /// NaN without any.</summary>
    public double Error => Enumerable.Range(0, Bins).Sum(bin => Math.Abs(_true[bin] - _confidence[bin])) / Count;

    /// <summary>The bins that have any, rising: the mean probability, the share that came true, and how many there are.</summary>
    public IEnumerable<(double Confidence, double Share, long Count)> Points => Enumerable.Range(0, Bins)
        .Where(bin => _count[bin] > 0)
        .Select(bin => (_confidence[bin] / _count[bin], (double)_true[bin] / _count[bin], _count[bin]));

    public void Add(float probability, bool isTrue, int weight)
    {
        // Exact: a float times 15 fits into a double.
        var bin = Math.Max((int)Math.Ceiling((double)probability * Bins) - 1, 0);
        _confidence[bin] += (double)probability * weight;
        _true[bin] += isTrue ? weight : 0;
        _count[bin] += weight;
    }
}
