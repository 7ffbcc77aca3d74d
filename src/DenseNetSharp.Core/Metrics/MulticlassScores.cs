namespace DenseNetSharp.Metrics;

/// <summary>What a network made of each image, where classes exclude each other.</summary>
internal sealed class MulticlassScores(int classes)
{
    private readonly List<MulticlassScore> _images = [];
    private RankedScores[]? _ranked;

    public int Classes => classes;

    public IReadOnlyList<MulticlassScore> Images => _images;

    /// <summary>Each class against the rest, by its probability.</summary>
    public IReadOnlyList<RankedScores> Ranked => _ranked ??= [.. Enumerable.Range(0, classes).Select(Rank)];

    public void Add(MulticlassScore image)
    {
        _images.Add(image);
        _ranked = null;
    }

    public void Clear()
    {
        _images.Clear();
        _ranked = null;
    }

    private RankedScores Rank(int index) => new(
        [.. _images.Select(image => image.Probabilities[index])],
        [.. _images.Select(image => image.Target == index)],
        [.. Enumerable.Range(0, _images.Count)]);
}

/// <summary>One image.</summary>
/// <param name="Logits">A score a class.</param>
/// <param name="Probabilities">The classes' probabilities, a softmax.</param>
/// <param name="Target">The right class.</param>
/// <param name="Predicted">The likeliest class.</param>
/// <param name="Rank">How many classes come before the right one.</param>
/// <param name="Loss">The cross entropy.</param>
internal sealed record MulticlassScore(float[] Logits, float[] Probabilities, int Target, int Predicted, int Rank, double Loss);
