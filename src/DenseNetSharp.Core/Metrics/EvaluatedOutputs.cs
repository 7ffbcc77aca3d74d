using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;

namespace DenseNetSharp.Metrics;

/// <summary>Which of a classifier's outputs are a data set's classes, in the data set's order.</summary>
internal sealed class EvaluatedOutputs
{
    private readonly int[]? _places;
    private readonly int _classes;

    private EvaluatedOutputs(int[]? places, int classes) => (_places, _classes) = (places, classes);

    /// <summary>Matches them by name, where both have names.</summary>
    /// <exception cref="ArgumentException">They do not match.</exception>
    public static EvaluatedOutputs Of(ImageClassifier classifier, ImageDataset dataset)
    {
        if (classifier.Task != dataset.Task)
        {
            throw new ArgumentException(
                $"The classifier is {NameOf(classifier.Task)}, but the data set is {NameOf(dataset.Task)}.", nameof(dataset));
        }

        var (own, names) = (classifier.Scorer.NumClasses, dataset.ClassNames);
        if (names.Count != own && (dataset.Task == ClassificationTask.Multiclass || classifier.Labels is null))
        {
            throw new ArgumentException($"The network has {own} classes, but the data set has {names.Count}.", nameof(dataset));
        }

        if (classifier.Labels is not { } labels || labels.SequenceEqual(names))
        {
            return new EvaluatedOutputs(null, own);
        }

        return names.Except(labels).FirstOrDefault() is { } missing
            ? throw new ArgumentException($"The data set has the class '{missing}', which is none of the classifier's.", nameof(dataset))
            : new EvaluatedOutputs([.. names.Select(name => labels.Index().First(label => label.Item == name).Index)], own);
    }

    /// <summary>The data set's classes' values of each image.</summary>
    /// <param name="values">One a class of the classifier's, <c>[n, classes]</c>.</param>
    public float[] Select(IReadOnlyList<float> values) => _places is null
        ? [.. values]
        : [.. Enumerable.Range(0, values.Count / _classes).SelectMany(row => _places.Select(place => values[(row * _classes) + place]))];

    private static string NameOf(ClassificationTask task) => task.ToString().ToLowerInvariant();
}
