using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Extensions.Hosting;

/// <summary>Makes classifiers as the options say.</summary>
/// <param name="registration">Which classifier it is.</param>
/// <param name="engines">The engines beside the fused one.</param>
internal sealed class ModelLoader(ClassifierRegistration registration, IEnumerable<EngineRegistration> engines)
{
    // Where a preset leaves images their own sizes.
    private static readonly ImageSize _usualSize = 224;

    /// <summary>Loads a classifier and, unless the options say otherwise, lets it compute once.</summary>
    public ImageClassifier Load(DenseNetClassifierOptions options)
    {
        // Others may write to the file while it is read.
        using var checkpoint = Checkpoint.OpenChanging(options.File!);
        var described = Described(checkpoint, options);
        var classifier = described.LoadClassifier(spec => LoadNetwork(checkpoint, spec, options));
        try
        {
            if (options.WarmUp)
            {
                WarmUp(classifier, options);
            }

            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    /// <summary>What the checkpoint says of itself, and over it what the options say.</summary>
    private DescribedCheckpoint Described(Checkpoint checkpoint, DenseNetClassifierOptions options)
    {
        var described = DescribedCheckpoint.Of(checkpoint, options.Task);
        RequireOnePerClass(options.Labels?.Count, nameof(options.Labels));
        RequireOnePerClass(options.Thresholds?.Count, nameof(options.Thresholds));
        if (options.Preset is not null)
        {
            var preset = ImagePreset.TryGet(options.Preset, out var known) ? known : ImagePreset.Load(options.Preset);
            described = described with { Description = (described.Description ?? new RunDescription { Preset = preset }) with { Preset = preset } };
        }

        return described with { Labels = options.Labels ?? described.Labels, Thresholds = options.Thresholds ?? described.Thresholds };

        void RequireOnePerClass(int? count, string key)
        {
            if (count is not null && count != described.Spec.NumClasses)
            {
                throw new InvalidDataException(
                    $"{registration.Path}:{key} has {count} entries, but {options.File} has {described.Spec.NumClasses} classes.");
            }
        }
    }

    private IImageNetwork LoadNetwork(Checkpoint checkpoint, DenseNetSpec spec, DenseNetClassifierOptions options) =>
        engines.LastOrDefault(engine => engine.Classifier == registration.Name && engine.Engine == options.Engine) is { } other
            ? LoadNetwork(other, checkpoint, spec, options)
            : FusedDenseNet.Load(checkpoint, new FusedDenseNetOptions { Spec = spec, MaxThreads = options.Threads });

    private IImageNetwork LoadNetwork(EngineRegistration engine, Checkpoint checkpoint, DenseNetSpec spec, DenseNetClassifierOptions options)
    {
        try
        {
            return engine.Load(new EngineRequest(checkpoint, spec, options.Device, options.Threads));
        }
        catch (Exception exception) when (options.Device is not null && exception is ArgumentException or FormatException)
        {
            // What an engine cannot read it refuses in words that do not name the key.
            throw new InvalidDataException(
                $"{registration.Path}:{nameof(options.Device)} is '{options.Device}', which the engine {engine.Engine} does not take: {exception.Message}",
                exception);
        }
    }

    private static void WarmUp(ImageClassifier classifier, DenseNetClassifierOptions options)
    {
        var size = classifier.Preset.FixedOutputSize ?? _usualSize;
        var gray = new byte[3 * size.Height * size.Width];
        gray.AsSpan().Fill(128);
        var image = new RgbImage(size.Width, size.Height, gray);
        if (!classifier.Classify([.. Enumerable.Repeat(image, options.MaxBatch)])[0].IsValid)
        {
            throw new InvalidDataException($"{options.File} has weights that give a gray image scores that are not numbers.");
        }
    }
}
