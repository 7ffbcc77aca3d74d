using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;

namespace DenseNetSharp.Metrics;

/// <summary>How good a network is on labelled images.</summary>
public sealed class Evaluation
{
    private readonly ImageDataset _dataset;
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

    /// <summary>The images that were not, with the reasons.</summary>
    public IReadOnlyList<ImageBatchItem<LabelledImage>> Unreadable { get; private set; } = [];

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
        _multiclass?.Add(logits, images.Select(image => image.Class).ToArray());
        _multilabel?.Add(logits, _dataset.Indicators(images));
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
