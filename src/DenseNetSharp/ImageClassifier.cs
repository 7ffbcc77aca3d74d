using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>A network with what it takes to go from an image to named predictions.</summary>
/// <remarks>The network stays the caller's; calls on several threads may overlap as long as nobody trains it.</remarks>
public sealed class ImageClassifier
{
    private readonly DenseNet _model;
    private readonly ImagePreset _preset;
    private readonly IReadOnlyList<string>? _labels;

    /// <summary>Puts a network, its preprocessing and its labels together, and the network in evaluation mode.</summary>
    /// <param name="model">The network.</param>
    /// <param name="preset">How its images are prepared; torchvision's ImageNet preset if null.</param>
    /// <param name="labels">The classes' names, one an output; null for none.</param>
    /// <exception cref="ArgumentException">There are not as many labels as classes, or the preset makes images of other
    /// channels than the network takes.</exception>
    public ImageClassifier(DenseNet model, ImagePreset? preset = null, IReadOnlyList<string>? labels = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        preset ??= ImagePreset.TorchvisionImageNet;
        if (labels is not null && labels.Count != model.Spec.NumClasses)
        {
            throw new ArgumentException(
                $"There are {labels.Count} labels, but the network has {model.Spec.NumClasses} classes.", nameof(labels));
        }

        if (preset.Channels != model.Spec.InputChannels)
        {
            throw new ArgumentException(
                $"The preset '{preset.Name}' makes images of {preset.Channels} channels, but the network takes {model.Spec.InputChannels}.",
                nameof(preset));
        }

        (_model, _preset, _labels) = (model, preset, labels);
        _model.eval();
    }

    /// <summary>Classifies an image file.</summary>
    /// <param name="path">A JPEG or PNG file.</param>
    /// <param name="top">How many predictions.</param>
    /// <returns>The likeliest classes, the likeliest first, with their softmax probabilities.</returns>
    /// <exception cref="ImageFormatException">The file is no usable image.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<Prediction> Classify(string path, int top = 5) => Classify([RgbImage.Load(path)], top)[0];

    /// <summary>Classifies images, in one forward pass.</summary>
    /// <param name="images">The images; after the preset's steps all must have one size.</param>
    /// <param name="top">How many predictions an image.</param>
    /// <returns>For each image its likeliest classes, the likeliest first, with their softmax probabilities.</returns>
    /// <exception cref="ArgumentException">The images come out at different sizes, or too small for the network.</exception>
    public IReadOnlyList<IReadOnlyList<Prediction>> Classify(IReadOnlyList<RgbImage> images, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            return [];
        }

        var size = _preset.OutputSize(images[0].Height, images[0].Width);
        var pixels = new float[checked(images.Count * _preset.Channels * size.Height * size.Width)];
        _preset.Apply(images, pixels);

        using var scope = NewDisposeScope();
        using var noGradients = inference_mode();
        var weight = _model.Classifier.weight;
        var x = tensor(pixels, [images.Count, _preset.Channels, size.Height, size.Width]).to(weight.dtype, weight.device);
        var logits = _model.call(x).to(ScalarType.Float32).cpu().data<float>().ToArray();
        return logits.Chunk(_model.Spec.NumClasses)
            .Select(row => Probabilities.Top(Probabilities.Softmax(row), top, _labels))
            .ToArray();
    }
}
