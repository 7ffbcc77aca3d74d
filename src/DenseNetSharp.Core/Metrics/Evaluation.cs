using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;

namespace DenseNetSharp.Metrics;

/// <summary>How good a network is on labelled images.</summary>
public sealed class Evaluation
{
    private readonly ImageDataset _dataset;
    private readonly List<LabelledImage> _images = [];
    private readonly MulticlassMetrics? _multiclass;
    private readonly MultilabelMetrics? _multilabel;

    /// <summary>An evaluation that has seen nothing, for scores that come from elsewhere
    /// (<see cref="Add(ReadOnlySpan{float}, IReadOnlyList{LabelledImage})"/>).</summary>
    /// <param name="dataset">Gives the classes and the task.</param>
    public Evaluation(ImageDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        _dataset = dataset;
        if (dataset.Task == ClassificationTask.Multiclass)
        {
            _multiclass = new MulticlassMetrics(dataset.ClassNames.Count);
        }
        else
        {
            _multilabel = new MultilabelMetrics(dataset.ClassNames.Count);
        }
    }

    /// <summary>Whether the data set's classes exclude each other, and so which of the two kinds of figures there are.</summary>
    public ClassificationTask Task => _dataset.Task;

    /// <summary>Loss, accuracies and confusion, where classes exclude each other.</summary>
    /// <exception cref="InvalidOperationException">They do not: <see cref="Multilabel"/> has the figures.</exception>
    public MulticlassMetrics Multiclass => _multiclass
        ?? throw new InvalidOperationException($"The data set is multilabel; its figures are in {nameof(Multilabel)}.");

    /// <summary>Loss and areas under the curves, where classes do not exclude each other.</summary>
    /// <exception cref="InvalidOperationException">They do: <see cref="Multiclass"/> has the figures.</exception>
    public MultilabelMetrics Multilabel => _multilabel
        ?? throw new InvalidOperationException($"The data set is multiclass; its figures are in {nameof(Multiclass)}.");

    /// <summary>The mean cross entropy, binary cross entropy where classes do not exclude each other.</summary>
    public double Loss => _multiclass?.Loss ?? Multilabel.Loss;

    /// <summary>The images that were scored.</summary>
    public long Count => _multiclass?.Count ?? Multilabel.Count;

    /// <summary>The data set's classes, in the order of their indices.</summary>
    public IReadOnlyList<string> ClassNames => _dataset.ClassNames;

    /// <summary>The metrics that say something of it, in the order in which they are shown: those of its task, top-5 accuracy where there
    /// are more than five classes.</summary>
    public IReadOnlyList<EvaluationMetric> Metrics =>
        [.. EvaluationMetric.For(Task).Where(metric => metric != EvaluationMetric.TopFiveAccuracy || ClassNames.Count > 5)];

    /// <summary>The images that were not, with the reasons.</summary>
    public IReadOnlyList<ImageBatchItem<LabelledImage>> Unreadable { get; internal set; } = [];

    /// <summary>Runs a network over a data set; worker threads decode ahead of it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="dataset">The images; its classes are the network's, in the network's order.</param>
    /// <param name="preset">How images are prepared.</param>
    /// <param name="options">Batch size, workers and decoding; null for the defaults.</param>
    /// <param name="onBatch">Told after each batch how many images of it were dealt with.</param>
    /// <param name="cancellationToken">Ends the work after the batch under way.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">The network has other classes or channels, or an image comes out too small for
    /// it.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static Evaluation Run(
        IImageNetwork network,
        ImageDataset dataset,
        ImagePreset preset,
        ImageBatchOptions? options = null,
        Action<int>? onBatch = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(preset);
        if (network.NumClasses != dataset.ClassNames.Count)
        {
            throw new ArgumentException(
                $"The network has {network.NumClasses} classes, but the data set has {dataset.ClassNames.Count}.", nameof(dataset));
        }

        ImageClassifier.RequireSameChannels(network, preset);
        var evaluation = new Evaluation(dataset);
        var unreadable = new List<ImageBatchItem<LabelledImage>>();
        foreach (var batch in ImageBatch.Load(
            dataset.Images, image => RgbImage.Load(image.Path, options?.Decode), preset, options, cancellationToken))
        {
            using (batch)
            {
                evaluation.Add(network, batch, cancellationToken);
                unreadable.AddRange(batch.Unreadable);
                onBatch?.Invoke(batch.Items.Count);
            }
        }

        evaluation.Unreadable = unreadable;
        return evaluation;
    }

    /// <summary>Adds a batch's scores.</summary>
    /// <param name="logits">One score a class, <c>[n, classes]</c>, before any softmax or sigmoid.</param>
    /// <param name="images">The images that they belong to, n of them, with classes of the data set.</param>
    /// <exception cref="ArgumentException">There are not as many scores, or one is NaN or infinite; nothing has been added.
    /// </exception>
    public void Add(ReadOnlySpan<float> logits, IReadOnlyList<LabelledImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (_multiclass is null)
        {
            Add(logits, _dataset.Indicators(images), images);
            return;
        }

        _multiclass.Add(logits, images.Select(image => image.Class).ToArray());
        _images.AddRange(images);
    }

    /// <summary>Adds a batch's scores beside what is known of the labels.</summary>
    internal void Add(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, IReadOnlyList<LabelledImage> images)
    {
        Multilabel.Add(logits, targets);
        _images.AddRange(images);
    }

    /// <summary>What became of each image.</summary>
    /// <returns>The images in the order in which they were added.</returns>
    public IReadOnlyList<ScoredImage> Scored() => _multiclass is not null
        ? [.. _images.Zip(_multiclass.Scores.Images, (image, score) => new ScoredImage(image, score))]
        : [.. _images.Zip(Multilabel.Scores.Images, (image, score) => new ScoredImage(image, score, Multilabel.OwnThresholds))];

    /// <summary>The images with the worst mistakes first: those with wrong decisions before those without, and among both those that
    /// cost most, by the loss.</summary>
    /// <returns>All images; equals in the order in which they were added, and last those of which nothing is known.</returns>
    public IReadOnlyList<ScoredImage> WorstFirst() =>
    [
        .. Scored()
            .OrderByDescending(image => image.Wrong.Count > 0)
            .ThenByDescending(image => double.IsNaN(image.Loss) ? double.NegativeInfinity : image.Loss),
    ];

    /// <summary>How far the figures would vary with other images of the same kind, by the bootstrap: images are drawn with replacement,
    /// as many as there are, and an interval holds the middle 95 % of what the draws give.</summary>
    /// <param name="resamples">How often to draw.</param>
    /// <param name="seed">Chooses the draws; the same seed always chooses the same, those of scikit-learn's <c>resample</c> with
    /// <c>numpy.random.RandomState(seed)</c>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The intervals. A draw in which a figure is not defined is left out of its interval.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    /// <exception cref="InvalidOperationException">No image was scored.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public EvaluationIntervals Bootstrap(int resamples = 1000, long seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        return Count == 0
            ? throw new InvalidOperationException("No image was scored; there is nothing to draw from.")
            : EvaluationIntervals.Of(this, resamples, seed, cancellationToken);
    }

    /// <summary>The images, as often as a resample has them.</summary>
    internal SampleFigures Sample(int[]? weights) => _multiclass is null ? Multilabel.Sample(weights) : _multiclass.Sample(weights);

    private void Add(IImageNetwork network, ImageBatch<LabelledImage> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var logits = new float[batch.Count * network.NumClasses];
        network.Predict(batch.Pixels, batch.Count, batch.Size, logits, cancellationToken);
        Add(logits, batch.Sources);
    }
}
