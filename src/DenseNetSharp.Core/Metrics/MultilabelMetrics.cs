using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>How well a network finds labels that do not exclude each other, gathered batch by batch.</summary>
/// <remarks>
/// What is not known of an image, a target of NaN, is left out of everything. Each image's scores are kept, so that the areas under
/// the curves are exact. What is not defined is NaN, and left out of means. Not safe for use by several threads at once.
/// </remarks>
public sealed class MultilabelMetrics
{
    private readonly MultilabelScores _scores;
    private double _loss;

    /// <summary>Makes metrics that have seen nothing.</summary>
    /// <param name="labels">The number of labels, C.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public MultilabelMetrics(int labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        _scores = new MultilabelScores(labels);
    }

    /// <summary>The number of labels, C.</summary>
    public int Labels => _scores.Labels;

    /// <summary>The number of images seen.</summary>
    public long Count { get; private set; }

    /// <summary>The number of targets seen that are not NaN; each image has up to C.</summary>
    public long KnownTargets { get; private set; }

    /// <summary>What the scores are divided by before the sigmoid (<see cref="TemperatureScaling"/>); 1 for the scores as they are. The loss
    /// is at that temperature too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public double Temperature
    {
        get;
        init => field = Temperatures.Require(value, nameof(value));
    } = 1;

    /// <summary>The probability from which on each label counts as found wherever that is asked without naming thresholds, one a
    /// label; null for <see cref="ClassificationResult.DefaultThreshold"/> each. One that is NaN is never reached.</summary>
    /// <exception cref="ArgumentException">There is not one a label.</exception>
    public IReadOnlyList<float>? Thresholds
    {
        get;
        set
        {
            if (value is not null)
            {
                RequireOnePerLabel(value);
            }

            field = value;
        }
    }

    /// <summary>The mean of <c>torch.nn.functional.binary_cross_entropy_with_logits</c> over the known targets, computed in
    /// double precision; NaN without any.</summary>
    public double Loss => _loss / KnownTargets;

    /// <summary>The share of the known targets that are decided rightly, 1 - <c>sklearn.metrics.hamming_loss</c>; NaN without any.
    /// </summary>
    public double Accuracy => Whole().Accuracy;

    /// <summary>The mean over the labels of <c>sklearn.metrics.balanced_accuracy_score</c>: half sensitivity, half specificity, and where
    /// a label's targets are all alike, that which there is.</summary>
    public double BalancedAccuracy => Whole().BalancedAccuracy;

    /// <summary>The mean F1 of the labels: <c>sklearn.metrics.f1_score(average="macro", zero_division=0)</c>. Labels without a known
    /// target are left out.</summary>
    public double MacroF1 => Whole().MacroF1;

    /// <summary>The F1 of all decisions together: <c>sklearn.metrics.f1_score(average="micro")</c>.</summary>
    public double MicroF1 => Whole().MicroF1;

    /// <summary>The mean F1, each label's weighted by the images that have it: <c>sklearn.metrics.f1_score(average="weighted")</c>; NaN
    /// where no image has any, where scikit-learn gives 0 and warns.</summary>
    public double WeightedF1 => Whole().WeightedF1;

    /// <summary>The mean over the labels of <c>sklearn.metrics.cohen_kappa_score</c>, which is not defined where a label's targets
    /// and decisions are all alike.</summary>
    public double CohenKappa => Whole().Kappa;

    /// <summary>The mean over the labels of the expected calibration error: over 15 bins of equal width, the mean distance between a
    /// bin's mean probability and the share of its images that have the label (Guo and others, 2017,
    /// https://arxiv.org/abs/1706.04599, for one class as torchmetrics' <c>BinaryCalibrationError</c> has it).</summary>
    public double CalibrationError => Whole().CalibrationError;

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">One score a label, <c>[n, C]</c>, before any sigmoid.</param>
    /// <param name="targets">Whether the label is there, <c>[n, C]</c>: 1, 0, or NaN where that is not known.</param>
    /// <exception cref="ArgumentException">There is no whole number of images, there are not as many targets as scores, a
    /// score is NaN or infinite, or a target is something else; nothing of the batch has been added.</exception>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets)
    {
        if (targets.Length % Labels != 0)
        {
            throw new ArgumentException(
                $"{targets.Length} targets are no whole number of images with {Labels} labels.", nameof(targets));
        }

        LogitBatch.Check(logits, targets.Length / Labels, Labels);
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i] is not (0 or 1 or float.NaN))
            {
                throw new ArgumentException(
                    $"The target in row {i / Labels}, column {i % Labels} is {targets[i]}; it must be 0, 1, " +
                    "or NaN for unknown.",
                    nameof(targets));
            }
        }

        for (var row = 0; row < targets.Length; row += Labels)
        {
            var image = new MultilabelScore(logits.Slice(row, Labels).ToArray(), targets.Slice(row, Labels).ToArray(), Temperature);
            _scores.Add(image);
            _loss += image.LossSum;
            KnownTargets += image.Known;
            Count++;
        }
    }

    /// <summary>The area under each label's ROC curve: <c>sklearn.metrics.roc_auc_score</c> of its known targets.</summary>
    /// <remarks>
    /// Equal scores count half, exactly. What is compared are the logits: the area of their sigmoids can differ, because
    /// in single precision the sigmoids of different large logits are equal.
    /// </remarks>
    /// <returns>Areas from 0 to 1, one a label, <c>[C]</c>; NaN for a label that no image has or every image has.</returns>
    public IReadOnlyList<double> Auroc() => Whole().Auroc;

    /// <summary>The mean area under the ROC curve over the labels that have one; NaN where none has.</summary>
    /// <returns>The mean of <see cref="Auroc"/> without its NaNs: <c>numpy.nanmean</c>.</returns>
    public double MeanAuroc() => SampleFigures.MeanOfDefined(Auroc());

    /// <summary>Each label's average precision, which sums up its precision-recall curve:
    /// <c>sklearn.metrics.average_precision_score</c> of its known targets. As for <see cref="Auroc"/>, logits are compared.</summary>
    /// <returns>From 0 to 1, one a label, <c>[C]</c>; NaN for a label that no image has, where scikit-learn gives 0 and warns.</returns>
    public IReadOnlyList<double> AveragePrecision() => Whole().AveragePrecision;

    /// <summary>The mean of <see cref="AveragePrecision"/> over the labels that have one.</summary>
    /// <returns>The mean; NaN where no label has one.</returns>
    public double MeanAveragePrecision() => SampleFigures.MeanOfDefined(AveragePrecision());

    /// <summary>A label's ROC curve.</summary>
    /// <param name="label">The label.</param>
    /// <returns>The curve; its thresholds are probabilities.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such label.</exception>
    public RocCurve Roc(int label) => new(CountsOf(label), ToProbability);

    /// <summary>A label's precision-recall curve.</summary>
    /// <param name="label">The label.</param>
    /// <returns>The curve; its thresholds are probabilities.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such label.</exception>
    public PrecisionRecallCurve PrecisionRecall(int label) => new(CountsOf(label), ToProbability);

    /// <summary>Chooses each label's threshold among the probabilities that images have; of equally good ones the highest.</summary>
    /// <param name="rule">What makes a threshold the best.</param>
    /// <returns>One a label, <c>[C]</c>, for <see cref="Thresholds"/> and <c>run.json</c>; null for a label that all known images have
    /// or none has.</returns>
    public IReadOnlyList<float?> ChooseThresholds(ThresholdRule rule) =>
        [.. Enumerable.Range(0, Labels).Select(label => rule.Choose(_scores.RankedByProbability(label).Counts()))];

    /// <summary>How well each label is found with the <see cref="Thresholds"/>.</summary>
    /// <returns>Its precision, recall, F1 and number of images, one a label, <c>[C]</c>; of the known targets.</returns>
    public IReadOnlyList<ClassScores> PerLabel() => PerLabel(OwnThresholds);

    /// <summary>How well each label is found where one threshold serves all.</summary>
    /// <param name="threshold">The probability, from 0 to 1, from which on a label counts as found.</param>
    /// <returns>Its precision, recall, F1 and number of images, one a label, <c>[C]</c>; of the known targets.</returns>
    /// <exception cref="ArgumentException">The threshold is no probability.</exception>
    public IReadOnlyList<ClassScores> PerLabel(float threshold)
    {
        if (threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A probability is between 0 and 1.");
        }

        return PerLabel([.. Enumerable.Repeat(threshold, Labels)]);
    }

    /// <summary>How well each label is found with a threshold of its own.</summary>
    /// <param name="thresholds">The probabilities from which on a label counts as found, one a label, as
    /// <see cref="ClassificationResult.Thresholds"/>. One that is NaN is never reached.</param>
    /// <inheritdoc cref="PerLabel(float)" path="/returns"/>
    /// <exception cref="ArgumentException">There is not one threshold a label.</exception>
    public IReadOnlyList<ClassScores> PerLabel(IReadOnlyList<float> thresholds)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        RequireOnePerLabel(thresholds);
        return [.. new MultilabelSample(_scores, thresholds, null).Labels.Select(label => label.Scores)];
    }

    /// <summary>Forgets everything seen.</summary>
    public void Reset()
    {
        _scores.Clear();
        (_loss, Count, KnownTargets) = (0, 0, 0);
    }

    /// <summary>The images, as often as a resample has them.</summary>
    internal MultilabelSample Sample(int[]? weights) => new(_scores, OwnThresholds, weights);

    /// <summary>What became of each image, in the order in which they were added.</summary>
    internal MultilabelScores Scores => _scores;

    /// <summary>A threshold for each label.</summary>
    internal IReadOnlyList<float> OwnThresholds => Thresholds ?? [.. Enumerable.Repeat(ClassificationResult.DefaultThreshold, Labels)];

    private MultilabelSample Whole() => Sample(null);

    private IReadOnlyList<ThresholdCounts> CountsOf(int label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Labels);
        return _scores.Ranked[label].Counts();
    }

    private float ToProbability(float logit) => Probabilities.Sigmoid([logit], Temperature)[0];

    private void RequireOnePerLabel(IReadOnlyList<float> thresholds)
    {
        if (thresholds.Count != Labels)
        {
            throw new ArgumentException($"There are {thresholds.Count} thresholds for {Labels} labels.", nameof(thresholds));
        }
    }
}
