using DenseNetSharp.Architectures;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>Classifiers as a run's description wants them.</summary>
public static class RunClassifier
{
    extension(ImageClassifier)
    {
        /// <summary>Makes a classifier of a network and its run's description: preset, class names, task, thresholds, temperature
        /// and how files are decoded.</summary>
        /// <param name="network">The network; it stays the caller's.</param>
        /// <param name="description">What training left beside the checkpoint or inside
        /// (<see cref="RunDescription.FindBeside"/>, <see cref="RunDescription.FindIn"/>); null for none, and images are prepared
        /// by torchvision's ImageNet preset, and a thousand classes have ImageNet's names.</param>
        /// <returns>The classifier. Where the network takes one channel and the preset makes three, or the reverse, its preset is
        /// <see cref="ImagePreset.ForChannels"/>.</returns>
        /// <exception cref="ArgumentException">The description has not one name a class of the network, or the network takes other
        /// channels than images have.</exception>
        public static ImageClassifier For(IImageNetwork network, RunDescription? description) =>
            Create(network, description, ownsNetwork: false);
    }

    internal static ImageClassifier Create(
        IImageNetwork network,
        RunDescription? description,
        bool ownsNetwork,
        IReadOnlyList<string>? labels = null,
        ClassificationTask? task = null,
        IReadOnlyList<float>? thresholds = null,
        ImagePreset? usualPreset = null,
        double? temperature = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new ImageClassifier(
            network,
            PresetFor(network.InputChannels, description, usualPreset),
            labels ?? description?.ClassNames ?? DefaultLabels(network.NumClasses),
            task ?? description?.Task,
            thresholds ?? description?.Thresholds)
        {
            DecodeOptions = description?.DecodeOptions ?? ImageDecodeOptions.Default,
            OwnsNetwork = ownsNetwork,
            Temperature = temperature ?? UsedTemperature(description, task ?? description?.Task, network.NumClasses).Temperature ?? 1,
        };
    }

    /// <summary>Makes the classifier that owns a network; where it cannot be made, the network is freed.</summary>
    internal static ImageClassifier Owning(IImageNetwork network, Func<ImageClassifier> create)
    {
        try
        {
            return create();
        }
        catch
        {
            (network as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>The description's preset, or the usual one, for a network of so many channels. What images cannot be made to fit stays,
    /// and is refused where the two come together.</summary>
    internal static ImagePreset PresetFor(int channels, RunDescription? description, ImagePreset? usual = null)
    {
        var preset = description?.Preset ?? usual ?? ImagePreset.TorchvisionImageNet;
        return channels is 1 or 3 ? preset.ForChannels(channels) : preset;
    }

    /// <summary>How images are prepared for a network where nothing else says so: deep stems are timm's, the 3x3 stem is CIFAR's.</summary>
    internal static ImagePreset UsualPreset(DenseNetSpec spec) => spec.Stem switch
    {
        DenseNetStem.Deep => ImagePreset.Timm224,
        DenseNetStem.ThreeByThree => ImagePreset.Cifar10,
        _ => ImagePreset.TorchvisionImageNet,
    };

    /// <summary>The description's temperature, and why it is not used where it is not: it was fit to probabilities of one kind.</summary>
    internal static (double? Temperature, string? Fault) UsedTemperature(RunDescription? description, ClassificationTask? task, int outputs)
    {
        if (description?.Temperature is not { } temperature)
        {
            return (null, null);
        }

        var resolved = task ?? DefaultTask(outputs);
        return resolved == ClassificationTask.None || (description.Task is { } described && described != resolved)
            ? (null, $"the task is {resolved.ToString().ToLowerInvariant()}")
            : (temperature, null);
    }

    /// <summary>What outputs mean where nothing says so: a softmax over one would always give 100%.</summary>
    internal static ClassificationTask DefaultTask(int outputs) => outputs == 1 ? ClassificationTask.Multilabel : ClassificationTask.Multiclass;

    internal static IReadOnlyList<string>? DefaultLabels(int classes) =>
        classes == ImageNetLabels.Names.Count ? ImageNetLabels.Names : null;
}
