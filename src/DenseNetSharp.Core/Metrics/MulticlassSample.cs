namespace DenseNetSharp.Metrics;

/// <summary>Figures where classes exclude each other.</summary>
internal sealed class MulticlassSample : SampleFigures
{
    private readonly MulticlassScores _scores;
    private readonly int[]? _weights;
    private readonly AgreementCounts _agreement;
    private readonly long _count;
    private readonly long _inFive;
    private readonly double _loss;

    public MulticlassSample(MulticlassScores scores, int[]? weights)
    {
        (_scores, _weights) = (scores, weights);
        _agreement = new AgreementCounts(scores.Classes);
        for (var i = 0; i < scores.Images.Count; i++)
        {
            var weight = weights?[i] ?? 1;
            var image = scores.Images[i];
            _agreement.Add(image.Target, image.Predicted, weight);
            _count += weight;
            _inFive += image.Rank < 5 ? weight : 0;
            _loss += image.Loss * weight;
        }
    }

    public override double Loss => _loss / _count;

    public override double Accuracy => _agreement.Accuracy;

    public override double TopFiveAccuracy => (double)_inFive / _count;

    public override double BalancedAccuracy => _agreement.BalancedAccuracy;

    public override double MacroF1 => _agreement.MacroF1;

    // Of classes that exclude each other each error is one false positive and one false negative.
    public override double MicroF1 => _agreement.Accuracy;

    public override double WeightedF1 => _agreement.WeightedF1;

    public override double Kappa => _agreement.Kappa;

    public override double CalibrationError => Calibration.Error;

    public override double[] Auroc => field ??= [.. _scores.Ranked.Select(ranked => ranked.Auroc(_weights))];

    public override double[] AveragePrecision => field ??= [.. _scores.Ranked.Select(ranked => ranked.AveragePrecision(_weights))];

    /// <summary>The likeliest classes' probabilities beside how often they were right.</summary>
    public Calibration Calibration
    {
        get
        {
            var calibration = new Calibration();
            for (var i = 0; i < _scores.Images.Count; i++)
            {
                var image = _scores.Images[i];
                calibration.Add(image.Probabilities[image.Predicted], image.Predicted == image.Target, _weights?[i] ?? 1);
            }

            return calibration;
        }
    }
}
