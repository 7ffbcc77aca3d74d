using System.Runtime.InteropServices;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>How well a network finds labels that do not exclude each other, gathered batch by batch.</summary>
/// <remarks>
/// What is not known of an image, a target of NaN, is left out of everything. Each known score is kept, 4 bytes, so that
/// the areas under the curves are exact. Not safe for use by several threads at once.
/// </remarks>
public sealed class MultilabelMetrics
{
    // The logits of the images that have a label and of those that have it not, one list a label.
    private readonly List<float>[] _positives;
    private readonly List<float>[] _negatives;
    private double _loss;

    /// <summary>Makes metrics that have seen nothing.</summary>
    /// <param name="labels">The number of labels, C.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public MultilabelMetrics(int labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        _positives = [.. Enumerable.Range(0, labels).Select(_ => new List<float>())];
        _negatives = [.. Enumerable.Range(0, labels).Select(_ => new List<float>())];
    }

    /// <summary>The number of labels, C.</summary>
    public int Labels => _positives.Length;

    /// <summary>The number of images seen.</summary>
    public long Count { get; private set; }

    /// <summary>The number of targets seen that are not NaN; each image has up to C.</summary>
    public long KnownTargets { get; private set; }

    /// <summary>The mean of <c>torch.nn.functional.binary_cross_entropy_with_logits</c> over the known targets, computed in
    /// double precision; NaN without any.</summary>
    public double Loss => _loss / KnownTargets;

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

        for (var i = 0; i < targets.Length; i++)
        {
            if (!float.IsNaN(targets[i]))
            {
                AddScore(logits[i], i % Labels, targets[i] == 1);
            }
        }

        Count += targets.Length / Labels;
    }

    /// <summary>The area under each label's ROC curve: <c>sklearn.metrics.roc_auc_score</c> of its known targets.</summary>
    /// <remarks>
    /// Equal scores count half, exactly. What is compared are the logits: the area of their sigmoids can differ, because
    /// in single precision the sigmoids of different large logits are equal. Each call sorts the scores.
    /// </remarks>
    /// <returns>Areas from 0 to 1, one a label, <c>[C]</c>; NaN for a label that no image has or every image has.</returns>
    public IReadOnlyList<double> Auroc()
    {
        var areas = new double[Labels];
        for (var label = 0; label < areas.Length; label++)
        {
            _positives[label].Sort();
            _negatives[label].Sort();
            areas[label] = RocCurve.Area(
                CollectionsMarshal.AsSpan(_positives[label]), CollectionsMarshal.AsSpan(_negatives[label]));
        }

        return areas;
    }

    /// <summary>The mean area under the ROC curve over the labels that have one; NaN where none has.</summary>
    /// <returns>The mean of <see cref="Auroc"/> without its NaNs: <c>numpy.nanmean</c>.</returns>
    public double MeanAuroc() => Auroc().Where(area => !double.IsNaN(area)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>How well each label is found where one threshold serves all.</summary>
    /// <param name="threshold">The probability, from 0 to 1, from which on a label counts as found.</param>
    /// <returns>Its precision, recall, F1 and number of images, one a label, <c>[C]</c>; of the known targets.</returns>
    /// <exception cref="ArgumentException">The threshold is no probability.</exception>
    public IReadOnlyList<ClassScores> PerLabel(float threshold = ClassificationResult.DefaultThreshold)
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
        if (thresholds.Count != Labels)
        {
            throw new ArgumentException($"There are {thresholds.Count} thresholds for {Labels} labels.", nameof(thresholds));
        }

        var scores = new ClassScores[Labels];
        for (var label = 0; label < scores.Length; label++)
        {
            var found = CountReaching(_positives[label], thresholds[label]);
            var wrong = CountReaching(_negatives[label], thresholds[label]);
            scores[label] = ClassScores.Of(found, wrong, _positives[label].Count - found);
        }

        return scores;
    }

    /// <summary>Forgets everything seen.</summary>
    public void Reset()
    {
        foreach (var logits in _positives.Concat(_negatives))
        {
            logits.Clear();
        }

        (_loss, Count, KnownTargets) = (0, 0, 0);
    }

    private void AddScore(float logit, int label, bool target)
    {
        (target ? _positives : _negatives)[label].Add(logit);
        _loss += CrossEntropy.OfSigmoid(logit, target);
        KnownTargets++;
    }

    // The probabilities are those of ClassificationResult, so that both find the same.
    private static int CountReaching(List<float> logits, float threshold) =>
        Probabilities.Sigmoid(CollectionsMarshal.AsSpan(logits)).Count(probability => probability >= threshold);
}
