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
                ? Evaluation.Run(learner.Network, loader.Dataset, loader.Preset, loader.Options, Report, cancellationToken)
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

    private Evaluation OfFeatures(FrozenFeatures features, DenseNet network, Action<int> onBatch, CancellationToken cancellationToken)
    {
        var evaluation = new Evaluation(loader.Dataset);
        network.eval();
        foreach (var places in Enumerable.Range(0, loader.Dataset.Images.Count).Chunk(tuner.Options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            if (features.Of(places) is var (indices, values))
            {
                var weight = network.FirstWeight;
                var logits = network.LogitsOf(values.to(weight.dtype, weight.device)).to(ScalarType.Float32).cpu();
                evaluation.Add(logits.data<float>().ToArray(), [.. indices.Select(place => loader.Dataset.Images[place])]);
            }

            onBatch(places.Length);
        }

        return evaluation;
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
