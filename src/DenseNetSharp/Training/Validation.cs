using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>Measures a run's network on the images held out, after each epoch.</summary>
internal sealed class Validation(FineTuner tuner, ImageLoader loader, RunClock clock, RunReporter reporter) : IDisposable
{
    private readonly FeatureCache _cache = FeatureCache.OfValidation(tuner, loader);

    /// <summary>Measures the network.</summary>
    /// <param name="learner">Its network is measured.</param>
    /// <param name="state">The state after training.</param>
    /// <param name="isClassifierOnly">Whether the classifier alone is trained in the epoch.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="DivergedException">The network's outputs are not numbers.</exception>
    /// <exception cref="InvalidDataException">No image can be read.</exception>
    public Evaluation Run(Learner learner, RunState state, bool isClassifierOnly, CancellationToken cancellationToken)
    {
        try
        {
            var features = _cache.Enter(isClassifierOnly, (done, total) => reporter.Cached(state, learner.Rate, done, total), cancellationToken);
            clock.Enter(FineTuningPhase.Validating);
            return Checked(features is null
                ? OfImages(learner.Network, Report, cancellationToken)
                : OfFeatures(features, learner.Network, Report, cancellationToken));
        }
        catch (ArgumentException exception)
        {
            throw new DivergedException(
                $"What the network makes of the images held out is no number after epoch {state.Epoch + 1} ({exception.Message}); a "
                + $"smaller learning rate, a warm-up or clipped gradients may help. {tuner.Folder} keeps the epochs before.");
        }

        void Report(int images) => reporter.Validated(state, learner.Rate, images);
    }

    public void Dispose() => _cache.Dispose();

    private Evaluation OfImages(DenseNet network, Action<int> onBatch, CancellationToken cancellationToken)
    {
        var unreadable = new List<ImageBatchItem<LabelledImage>>();
        var batches = new ImageLoader(loader.Dataset, loader.Preset)
        {
            Options = loader.Options,
            Device = loader.Device,
            ImageUnreadable = unreadable.Add,
        };
        var evaluation = new Evaluation(loader.Dataset);
        var told = 0L;
        network.eval();
        foreach (var batch in batches.EvaluationBatches(cancellationToken))
        {
            using (batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(evaluation, network, network.call, batch.Images, batch.Items);
                Tell();
            }
        }

        // Batches without a readable image do not come.
        if (told < loader.Dataset.Images.Count)
        {
            Tell();
        }

        evaluation.Unreadable = unreadable;
        return evaluation;

        void Tell()
        {
            var before = told;
            told = evaluation.Count + unreadable.Count;
            onBatch((int)(told - before));
        }
    }

    private Evaluation OfFeatures(FrozenFeatures features, DenseNet network, Action<int> onBatch, CancellationToken cancellationToken)
    {
        var evaluation = new Evaluation(loader.Dataset);
        network.eval();
        foreach (var places in Enumerable.Range(0, loader.Dataset.Images.Count).Chunk(tuner.Options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (features.Of(places) is var (indices, values))
            {
                using (values)
                {
                    Add(evaluation, network, network.LogitsOf, values, [.. indices.Select(place => loader.Dataset.Images[place])]);
                }
            }

            onBatch(places.Length);
        }

        return evaluation;
    }

    private static void Add(Evaluation evaluation, DenseNet network, Func<Tensor, Tensor> forward, Tensor values, IReadOnlyList<LabelledImage> images)
    {
        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = network.FirstWeight;
        var logits = forward(values.to(weight.dtype, weight.device)).to(ScalarType.Float32).cpu();
        evaluation.Add(logits.data<float>().ToArray(), images);
    }

    private Evaluation Checked(Evaluation evaluation)
    {
        foreach (var item in evaluation.Unreadable)
        {
            reporter.Note(item);
        }

        return evaluation.Count > 0
            ? evaluation
            : throw new InvalidDataException("None of the images held out can be read.");
    }
}
