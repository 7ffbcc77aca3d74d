using DenseNetSharp.Datasets;

namespace DenseNetSharp.Metrics;

/// <summary>An image of an evaluation, and what the network made of it.</summary>
public sealed class ScoredImage
{
    internal ScoredImage(LabelledImage image, MulticlassScore score)
    {
        (Image, Probabilities, Loss) = (image, score.Probabilities, score.Loss);
        Found = [score.Predicted];
        Wrong = score.Predicted == score.Target ? [] : [score.Predicted];
    }

    internal ScoredImage(LabelledImage image, MultilabelScore score, IReadOnlyList<float> thresholds)
    {
        (Image, Probabilities, Targets, Loss) = (image, score.Probabilities, score.Targets, score.LossSum / score.Known);
        Found = [.. Enumerable.Range(0, thresholds.Count).Where(IsFound)];
        Wrong = [.. Enumerable.Range(0, thresholds.Count).Where(label => !float.IsNaN(score.Targets[label]) && IsFound(label) != (score.Targets[label] == 1))];

        bool IsFound(int label) => score.Probabilities[label] >= thresholds[label];
    }

    /// <summary>The image and its classes.</summary>
    public LabelledImage Image { get; }

    /// <summary>The classes' probabilities, <c>[C]</c>: a softmax, or a sigmoid each where labels do not exclude each other.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>What is known of each label, <c>[C]</c>: 1, 0, or NaN for unknown; null where classes exclude each other.</summary>
    public IReadOnlyList<float>? Targets { get; }

    /// <summary>The indices of what was found: the likeliest class, or the labels that reach their thresholds.</summary>
    public IReadOnlyList<int> Found { get; }

    /// <summary>The indices of what was decided wrongly: the likeliest class where another is right, or the labels that were found and
    /// are not there or the reverse.</summary>
    public IReadOnlyList<int> Wrong { get; }

    /// <summary>The cross entropy, of labels the mean over those that are known; NaN where none is.</summary>
    public double Loss { get; }
}
