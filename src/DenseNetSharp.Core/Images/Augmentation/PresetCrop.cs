using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>A preset's own resize and crop as a step that nothing random is in, for steps that come after them.</summary>
/// <remarks>What it gives is prepared by the preset's scaling and normalisation as the original would be by all of it.</remarks>
public sealed class PresetCrop : IImageAugmentation
{
    /// <summary>Makes the step.</summary>
    /// <param name="preset">The preset. One of a single channel makes the image gray.</param>
    public PresetCrop(ImagePreset preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset = preset;
    }

    /// <summary>The preset.</summary>
    public ImagePreset Preset { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImagePreprocessor.Check(Preset);
        var (kept, top, left) = ImagePreprocessor.Fit(Preset, image);
        var pixels = kept.Channels == 1
            ? RgbImage.FromGray(kept.Width, kept.Height, kept.Bytes)
            : new RgbImage(kept.Width, kept.Height, kept.Bytes);
        var size = Preset.OutputSize(image.Height, image.Width);
        return ImageGeometry.Crop(pixels, -top, -left, size.Height, size.Width);
    }
}
