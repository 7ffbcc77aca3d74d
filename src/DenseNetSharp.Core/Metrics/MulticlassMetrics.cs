using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>How well a network tells classes apart of which one is right, gathered batch by batch.</summary>
/// <remarks>
/// Of equally scored classes the one with the lower index counts as likelier, as for <c>torch.argmax</c>, everywhere: the
/// accuracy is the share on the confusion matrix's diagonal, and a network that scores all classes alike gains nothing by
/// it. <c>torch.topk</c> leaves the order of equals open. What is not defined is NaN, and left out of means. The confusion matrix takes
/// 8 bytes for each pair of classes, and each image 8 for each class: its scores and probabilities are kept, so that areas under curves
/// are exact. Not safe for use by several threads at once.
/// </remarks>
public sealed class MulticlassMetrics
{
    private readonly long[,] _confusion;

    // How many targets have this many classes before them.
    private readonly long[] _ranks;
    private readonly MulticlassScores _scores;
    private double _loss;

    /// <summary>Makes metrics that have seen nothing.</summary>
    /// <param name="classes">The number of classes, C.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1, or too many for a confusion matrix in one
    /// array.</exception>
    public MulticlassMetrics(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, (int)Math.Sqrt(Array.MaxLength));
        _confusion = new long[classes, classes];
        _ranks = new long[classes];
        _scores = new MulticlassScores(classes);
    }

    /// <summary>The number of classes, C.</summary>
    public int Classes => _ranks.Length;

    /// <summary>What the scores are divided by before the softmax (<see cref="TemperatureScaling"/>); 1 for the scores as they are. The loss
    /// is at that temperature too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public double Temperature
    {
        get;
        init => field = Temperatures.Require(value, nameof(value));
    } = 1;

    /// <summary>The number of images seen.</summary>
    public long Count { get; private set; }

    /// <summary>The mean of <c>torch.nn.functional.cross_entropy</c> over the images, computed in double precision; NaN
    /// without images.</summary>
    public double Loss => _loss / Count;

    /// <summary>The share of images whose likeliest class is right, from 0 to 1; NaN without images.</summary>
    public double Accuracy => TopAccuracy(1);

    /// <summary>The mean recall of the classes that images have: <c>sklearn.metrics.balanced_accuracy_score</c>.</summary>
    public double BalancedAccuracy => Whole().BalancedAccuracy;

    /// <summary>The mean F1 of the classes that occur as truth or as prediction: <c>sklearn.metrics.f1_score(average="macro")</c>.
    /// </summary>
    public double MacroF1 => Whole().MacroF1;

    /// <summary>The F1 of all decisions together, which is the accuracy where classes exclude each other:
    /// <c>sklearn.metrics.f1_score(average="micro")</c>.</summary>
    public double MicroF1 => Whole().MicroF1;

    /// <summary>The mean F1, each class's weighted by its images: <c>sklearn.metrics.f1_score(average="weighted")</c>.</summary>
    public double WeightedF1 => Whole().WeightedF1;

    /// <summary>Agreement beyond chance, from -1 to 1: <c>sklearn.metrics.cohen_kappa_score</c>; NaN where truth and prediction are all
    /// one class.</summary>
    public double CohenKappa => Whole().Kappa;

    /// <summary>The expected calibration error of the likeliest classes' probabilities: over 15 bins of equal width, the mean distance
    /// between a bin's mean probability and the share that is right (Guo and others, 2017, https://arxiv.org/abs/1706.04599, section
    /// 2; torchmetrics' default).</summary>
    public double CalibrationError => Whole().CalibrationError;

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">One score a class, <c>[n, C]</c>, before any softmax.</param>
    /// <param name="targets">The right classes' indices, <c>[n]</c>.</param>
    /// <exception cref="ArgumentException">There are not C scores for each target, a score is NaN or infinite, or a target
    /// is no class; nothing of the batch has been added.</exception>
    public void Add(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets)
    {
        LogitBatch.Check(logits, targets.Length, Classes);
        for (var row = 0; row < targets.Length; row++)
        {
            if (targets[row] < 0 || targets[row] >= Classes)
            {
                throw new ArgumentException(
                    $"The target of row {row} is {targets[row]}, but the classes are 0 to {Classes - 1}.", nameof(targets));
            }
        }

        for (var row = 0; row < targets.Length; row++)
        {
            AddImage(logits.Slice(row * Classes, Classes), targets[row]);
        }
    }

    /// <summary>The share of images whose right class is among the likeliest: <c>accuracy(topk=...)</c> of torchvision's
    /// reference training, as a share.</summary>
    /// <param name="k">How many classes are looked at; from the number of classes on every image counts.</param>
    /// <returns>The share, from 0 to 1; NaN without images.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is less than 1.</exception>
    public double TopAccuracy(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (double)_ranks.Take(k).Sum() / Count;
    }

    /// <summary>Which classes are taken for which: <c>sklearn.metrics.confusion_matrix</c>.</summary>
    /// <returns>Numbers of images, <c>[C, C]</c>: the row is the right class, the column the likeliest. A copy.</returns>
    public long[,] ConfusionMatrix() => (long[,])_confusion.Clone();

    /// <summary>How well each class is found.</summary>
    /// <returns>Its precision, recall, F1 and number of images, one a class, <c>[C]</c>.</returns>
    public IReadOnlyList<ClassScores> PerClass()
    {
        var predicted = new long[Classes];
        var actual = new long[Classes];
        for (var row = 0; row < Classes; row++)
        {
            for (var column = 0; column < Classes; column++)
            {
                actual[row] += _confusion[row, column];
                predicted[column] += _confusion[row, column];
            }
        }

        var scores = new ClassScores[Classes];
        for (var i = 0; i < scores.Length; i++)
        {
            var found = _confusion[i, i];
            scores[i] = ClassScores.Of(found, predicted[i] - found, actual[i] - found);
        }

        return scores;
    }

    /// <summary>The area under each class's ROC curve against all others, by its softmax:
    /// <c>sklearn.metrics.roc_auc_score</c>.</summary>
    /// <returns>Areas from 0 to 1, one a class, <c>[C]</c>; NaN for a class that no image has or every image has.</returns>
    public IReadOnlyList<double> Auroc() => Whole().Auroc;

    /// <summary>The mean of <see cref="Auroc"/> over the classes that have one: <c>roc_auc_score(multi_class="ovr")</c> of those.
    /// </summary>
    /// <returns>The mean; NaN where no class has one.</returns>
    public double MeanAuroc() => SampleFigures.MeanOfDefined(Auroc());

    /// <summary>Each class's average precision against all others, by its softmax, which sums up its precision-recall curve:
    /// <c>sklearn.metrics.average_precision_score</c>.</summary>
    /// <returns>From 0 to 1, one a class, <c>[C]</c>; NaN for a class that no image has, where scikit-learn gives 0 and warns.</returns>
    public IReadOnlyList<double> AveragePrecision() => Whole().AveragePrecision;

    /// <summary>The mean of <see cref="AveragePrecision"/> over the classes that have one.</summary>
    /// <returns>The mean; NaN where no class has one.</returns>
    public double MeanAveragePrecision() => SampleFigures.MeanOfDefined(AveragePrecision());

    /// <summary>A class's ROC curve against all others.</summary>
    /// <param name="index">The class.</param>
    /// <returns>The curve, by the class's softmax.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public RocCurve Roc(int index) => new(CountsOf(index), probability => probability);

    /// <summary>A class's precision-recall curve against all others.</summary>
    /// <param name="index">The class.</param>
    /// <returns>The curve, by the class's softmax.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public PrecisionRecallCurve PrecisionRecall(int index) => new(CountsOf(index), probability => probability);

    /// <summary>Forgets everything seen.</summary>
    public void Reset()
    {
        Array.Clear(_confusion);
        Array.Clear(_ranks);
        _scores.Clear();
        (_loss, Count) = (0, 0);
    }

    private void AddImage(ReadOnlySpan<float> logits, int target)
    {
        var best = 0;
        var rank = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
            rank += logits[i] > logits[target] || (logits[i] == logits[target] && i < target) ? 1 : 0;
        }

        var loss = CrossEntropy.OfSoftmax(logits, target, best, 1 / Temperature);
        _confusion[target, best]++;
        _ranks[rank]++;
        _loss += loss;
        Count++;
        _scores.Add(new MulticlassScore(logits.ToArray(), Probabilities.Softmax(logits, Temperature), target, best, rank, loss));
    }

    /// <summary>The images, as often as a resample has them.</summary>
    internal MulticlassSample Sample(int[]? weights) => new(_scores, weights);

    /// <summary>What became of each image, in the order in which they were added.</summary>
    internal MulticlassScores Scores => _scores;

    private MulticlassSample Whole() => Sample(null);

    private IReadOnlyList<ThresholdCounts> CountsOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes);
        return _scores.Ranked[index].Counts();
    }
}
