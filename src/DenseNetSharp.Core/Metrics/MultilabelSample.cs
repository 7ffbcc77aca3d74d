namespace DenseNetSharp.Metrics;

/// <summary>Figures where labels do not exclude each other, of the targets that are known.</summary>
internal sealed class MultilabelSample : SampleFigures
{
    private readonly MultilabelScores _scores;
    private readonly int[]? _weights;
    private readonly BinaryCounts[] _labels;
    private readonly double _loss;
    private readonly long _known;

    /// <param name="scores">The images.</param>
    /// <param name="thresholds">The probability from which on each label counts as found.</param>
    /// <param name="weights">How often each image counts; null for once.</param>
    public MultilabelSample(MultilabelScores scores, IReadOnlyList<float> thresholds, int[]? weights)
    {
        (_scores, _weights) = (scores, weights);
        _labels = new BinaryCounts[scores.Labels];
        for (var i = 0; i < scores.Images.Count; i++)
        {
            var image = scores.Images[i];
            var weight = weights?[i] ?? 1;
            _loss += image.LossSum * weight;
            _known += (long)image.Known * weight;
            for (var label = 0; label < _labels.Length; label++)
            {
                if (!float.IsNaN(image.Targets[label]))
                {
                    _labels[label].Add(image.Targets[label] == 1, image.Probabilities[label] >= thresholds[label], weight);
                }
            }
        }
    }

    public IReadOnlyList<BinaryCounts> Labels => _labels;

    public override double Loss => _loss / _known;

    // The share of the decisions: that all labels of an image are right says little where there are many.
    public override double Accuracy => (double)_labels.Sum(label => label.Right) / _known;

    public override double TopFiveAccuracy => double.NaN;

    public override double BalancedAccuracy => MeanOfDefined(_labels.Select(label => label.BalancedAccuracy));

    public override double MacroF1 => MeanOfDefined(_labels.Select(label => label.Known == 0 ? double.NaN : label.Scores.F1));

    public override double MicroF1 => _known == 0
        ? double.NaN
        : new BinaryCounts(
            _labels.Sum(label => label.TruePositives),
            _labels.Sum(label => label.FalsePositives),
            _labels.Sum(label => label.FalseNegatives),
            TrueNegatives: 0).Scores.F1;

    public override double WeightedF1 =>
        _labels.Sum(label => label.Scores.F1 * label.Scores.Support) / _labels.Sum(label => label.Scores.Support);

    public override double Kappa => MeanOfDefined(_labels.Select(label => label.Kappa));

    public override double CalibrationError => MeanOfDefined(Calibrations.Select(label => label.Error));

    public override double[] Auroc => field ??= [.. _scores.Ranked.Select(ranked => ranked.Auroc(_weights))];

    public override double[] AveragePrecision => field ??= [.. _scores.Ranked.Select(ranked => ranked.AveragePrecision(_weights))];

    /// <summary>Each label's probabilities beside how often it was there.</summary>
    public IEnumerable<Calibration> Calibrations => Enumerable.Range(0, _labels.Length).Select(label =>
    {
        var calibration = new Calibration();
        AddTo(calibration, label);
        return calibration;
    });

    /// <summary>All labels' probabilities as if they were one label's.</summary>
    public Calibration Together
    {
        get
        {
            var calibration = new Calibration();
            for (var label = 0; label < _labels.Length; label++)
            {
                AddTo(calibration, label);
            }

            return calibration;
        }
    }

    private void AddTo(Calibration calibration, int label)
    {
        for (var i = 0; i < _scores.Images.Count; i++)
        {
            var image = _scores.Images[i];
            if (!float.IsNaN(image.Targets[label]))
            {
                calibration.Add(image.Probabilities[label], image.Targets[label] == 1, _weights?[i] ?? 1);
            }
        }
    }
}
