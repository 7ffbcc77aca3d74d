using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>What a network made of each image, where labels do not exclude each other.</summary>
internal sealed class MultilabelScores(int labels)
{
    private readonly List<MultilabelScore> _images = [];
    private RankedScores[]? _ranked;

    public int Labels => labels;

    public IReadOnlyList<MultilabelScore> Images => _images;

    /// <summary>Each label's images, by their logits.</summary>
    public IReadOnlyList<RankedScores> Ranked =>
        _ranked ??= [.. Enumerable.Range(0, labels).Select(label => Rank(label, image => image.Logits[label]))];

    /// <summary>A label's images by their probabilities: different large logits are one there, as they are against a threshold.</summary>
    public RankedScores RankedByProbability(int label) => Rank(label, image => image.Probabilities[label]);

    public void Add(MultilabelScore image)
    {
        _images.Add(image);
        _ranked = null;
    }

    public void Clear()
    {
        _images.Clear();
        _ranked = null;
    }

    private RankedScores Rank(int label, Func<MultilabelScore, float> scoreOf)
    {
        int[] known = [.. Enumerable.Range(0, _images.Count).Where(i => !float.IsNaN(_images[i].Targets[label]))];
        return new RankedScores(
            [.. known.Select(i => scoreOf(_images[i]))], [.. known.Select(i => _images[i].Targets[label] == 1)], known);
    }
}

/// <summary>One image.</summary>
/// <param name="Logits">A score a label.</param>
/// <param name="Targets">1, 0, or NaN for unknown, one a label.</param>
/// <param name="Temperature">What the scores are divided by.</param>
internal sealed record MultilabelScore(float[] Logits, float[] Targets, double Temperature)
{
    /// <summary>The labels' probabilities: those of <see cref="ClassificationResult"/>, so that both find the same.</summary>
    public float[] Probabilities { get; } = Classification.Probabilities.Sigmoid(Logits, Temperature);

    /// <summary>The binary cross entropies of the known targets together.</summary>
    public double LossSum { get; } = Logits.Zip(Targets)
        .Where(pair => !float.IsNaN(pair.Second))
        .Sum(pair => CrossEntropy.OfSigmoid(pair.First, pair.Second == 1, 1 / Temperature));

    /// <summary>How many targets are known.</summary>
    public int Known { get; } = Targets.Count(target => !float.IsNaN(target));
}
