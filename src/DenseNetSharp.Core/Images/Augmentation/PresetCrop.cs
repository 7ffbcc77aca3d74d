using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>A preset's own resize and crop as a step that nothing random is in, for steps that come after them.</summary>
/// <remarks>What it gives is prepared by the preset's scaling and normalisation as the original would be by all of it.</remarks>
public sealed class PresetCrop : IImageAugmentation
{
    private readonly ImagePreset _unscaled;

    /// <summary>Makes the step.</summary>
    /// <param name="preset">The preset. One of a single channel makes the image gray.</param>
    public PresetCrop(ImagePreset preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset = preset;

        // Neither scaled nor normalised, the values come out as the bytes they were.
        _unscaled = preset with
        {
            Divisor = 1,
            Mean = [.. Enumerable.Repeat(0f, preset.Channels)],
            Std = [.. Enumerable.Repeat(1f, preset.Channels)],
        };
    }

    /// <summary>The preset.</summary>
    public ImagePreset Preset { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        float[] values = _unscaled.Apply(image);
        ImageSize size = _unscaled.OutputSize(image.Height, image.Width);
        int plane = size.Height * size.Width;
        var pixels = new byte[3 * plane];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)values[_unscaled.Channels == 1 ? i / 3 : i % 3 * plane + i / 3];
        }
        return new RgbImage(size.Width, size.Height, pixels);
    }
}
