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
    /// <param name="temperature">What scores are divided by before softmax or sigmoid (<see cref="TemperatureScaling"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a finite number above 0.</exception>
    public Evaluation(ImageDataset dataset, double temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        (_dataset, Temperature) = (dataset, temperature);
        if (dataset.Task == ClassificationTask.Multiclass)
        {
            _multiclass = new MulticlassMetrics(dataset.ClassNames.Count) { Temperature = temperature };
        }
        else
        {
            _multilabel = new MultilabelMetrics(dataset.ClassNames.Count) { Temperature = temperature };
        }
    }

    /// <summary>Whether the data set's classes exclude each other, and so which of the two kinds of figures there are.</summary>
    public ClassificationTask Task => _dataset.Task;

    /// <summary>What the scores are divided by before softmax or sigmoid: probabilities, loss and calibration are at that temperature.
    /// </summary>
    public double Temperature { get; }

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

    /// <summary>The mean squared distance of probabilities and truth: of classes that exclude each other the sum over the classes (Brier, 1950,
    /// from 0 to 2), of labels the mean over the known targets (<c>sklearn.metrics.brier_score_loss</c>, from 0 to 1); NaN without any.
    /// </summary>
    public double BrierScore => _multiclass is not null ? BrierScores.Of(_multiclass.Scores) : BrierScores.Of(Multilabel.Scores);

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

        return Run(new ImageClassifier(network, preset, dataset.ClassNames, dataset.Task), dataset, options, onBatch, cancellationToken);
    }

    /// <summary>Runs a classifier over a data set, at its temperature and with its test-time augmentation; worker threads decode ahead of
    /// it.</summary>
    /// <param name="classifier">The classifier: one network, or an ensemble.</param>
    /// <param name="dataset">The images. Its classes are the classifier's, matched by name where both have names; where labels do not exclude
    /// each other they may be fewer.</param>
    /// <param name="options">Batch size, workers, and decoding if other than the classifier's; null for the defaults.</param>
    /// <param name="onBatch">Told after each batch how many images of it were dealt with.</param>
    /// <param name="cancellationToken">Ends the work after the batch under way.</param>
    /// <returns>The figures. The classifier's thresholds are used (<see cref="MultilabelMetrics.Thresholds"/>).</returns>
    /// <exception cref="ArgumentException">The classifier has other classes or another task, or an image comes out too small for it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static Evaluation Run(
        ImageClassifier classifier,
        ImageDataset dataset,
        ImageBatchOptions? options = null,
        Action<int>? onBatch = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(dataset);
        var evaluation = Of(classifier, dataset);
        var unreadable = new List<ImageBatchItem<LabelledImage>>();
        foreach (var (items, logits) in Score(classifier, dataset, dataset.Images, options, cancellationToken))
        {
            evaluation.Add(logits, [.. items.Where(item => item.Row is not null).Select(item => item.Source)]);
            unreadable.AddRange(items.Where(item => item.Row is null));
            onBatch?.Invoke(items.Count);
        }

        evaluation.Unreadable = unreadable;
        return evaluation;
    }

    /// <summary>An evaluation that has seen nothing, at a classifier's temperature and with its thresholds.</summary>
    /// <exception cref="ArgumentException">The classifier has other classes or another task.</exception>
    internal static Evaluation Of(ImageClassifier classifier, ImageDataset dataset)
    {
        var outputs = EvaluatedOutputs.Of(classifier, dataset);
        var evaluation = new Evaluation(dataset, classifier.Temperature);
        if (classifier.Thresholds is { } thresholds && dataset.Task == ClassificationTask.Multilabel)
        {
            evaluation.Multilabel.Thresholds = outputs.Select(thresholds);
        }

        return evaluation;
    }

    /// <summary>Scores some of a data set's images, batch by batch.</summary>
    /// <returns>Each batch's images, and the data set's classes' scores of those that have a row: <c>[rows, classes]</c>.</returns>
    internal static IEnumerable<(IReadOnlyList<ImageBatchItem<LabelledImage>> Items, float[] Logits)> Score(
        ImageClassifier classifier,
        ImageDataset dataset,
        IEnumerable<LabelledImage> images,
        ImageBatchOptions? options,
        CancellationToken cancellationToken)
    {
        var outputs = EvaluatedOutputs.Of(classifier, dataset);
        options ??= new ImageBatchOptions();
        var decode = options.Decode ?? classifier.DecodeOptions;
        foreach (var batch in ScoredBatch<LabelledImage>.Load(
            classifier.Scorer, images, image => RgbImage.LoadRented(image.Path, decode), options, cancellationToken))
        {
            using (batch)
            {
                yield return (batch.Items, outputs.Select(batch.Score(cancellationToken)));
            }
        }
    }

    /// <summary>Fits the temperature at which these images' probabilities come true as often as they say.</summary>
    /// <returns>The temperature, or why there is none.</returns>
    /// <exception cref="InvalidOperationException">Of no image anything is known.</exception>
    public TemperatureFit FitTemperature() => Count == 0 || _multilabel?.KnownTargets == 0
        ? throw new InvalidOperationException("No image was scored of which anything is known; there is nothing to fit a temperature on.")
        : _multiclass is not null ? TemperatureScaling.Fit(_multiclass.Scores) : TemperatureScaling.Fit(Multilabel.Scores);

    /// <summary>The same images and scores at another temperature.</summary>
    /// <param name="temperature">The temperature; 1 for the scores as they are.</param>
    /// <returns>The figures. Thresholds are those by which the same labels are found.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public Evaluation At(double temperature)
    {
        var other = new Evaluation(_dataset, temperature) { Unreadable = Unreadable };
        other._images.AddRange(_images);
        if (_multiclass is not null)
        {
            foreach (var image in _multiclass.Scores.Images)
            {
                other.Multiclass.Add(image.Logits, [image.Target]);
            }

            return other;
        }

        foreach (var image in Multilabel.Scores.Images)
        {
            other.Multilabel.Add(image.Logits, image.Targets);
        }

        other.Multilabel.Thresholds = Multilabel.Thresholds is { } own ? TemperatureScaling.ConvertThresholds(own, Temperature, temperature) : null;
        return other;
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
}
