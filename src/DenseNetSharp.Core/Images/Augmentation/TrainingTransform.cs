using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>Prepares images for training: random steps on the pixels, then a preset, then perhaps random erasing.</summary>
/// <remarks>
/// torchvision's <c>Compose([*augmentations, *preset, RandomErasing])</c>. Immutable, so one instance serves any number of
/// threads, each with its own generator (<see cref="TorchRandom.For"/>).
/// </remarks>
public sealed class TrainingTransform
{
    /// <summary>Composes a transform.</summary>
    /// <param name="augmentations">The steps on the pixels, in their order.</param>
    /// <param name="preset">
    /// What comes after them, all of it. It must set <see cref="ImagePreset.CropSize"/> or
    /// <see cref="ImagePreset.FixedSize"/>, so that all images come out at one size.
    /// </param>
    /// <param name="erasing">What comes last, on the normalised values; null for nothing.</param>
    /// <exception cref="ArgumentException">The preset lets images keep different sizes, or the erasing does not suit its channels.</exception>
    public TrainingTransform(
        IEnumerable<IImageAugmentation> augmentations, ImagePreset preset, RandomErasing? erasing = null)
    {
        ArgumentNullException.ThrowIfNull(augmentations);
        ArgumentNullException.ThrowIfNull(preset);
        OutputSize = SizeOf(preset);
        erasing?.CheckChannels(preset.Channels);
        (Augmentations, Preset, Erasing) = ([.. augmentations], preset, erasing);
        if (Augmentations.Contains(null!))
        {
            throw new ArgumentException("One of the steps is null.", nameof(augmentations));
        }
    }

    /// <summary>The steps on the pixels, in their order.</summary>
    public IReadOnlyList<IImageAugmentation> Augmentations { get; }

    /// <summary>What comes after them.</summary>
    public ImagePreset Preset { get; }

    /// <summary>What comes last; null for nothing.</summary>
    public RandomErasing? Erasing { get; }

    /// <summary>The size that every image comes out at.</summary>
    public ImageSize OutputSize { get; }

    /// <summary>
    /// What torchvision trains ImageNet classifiers with (<c>references/classification/presets.py</c>): a random
    /// resized crop to the preset's size, a horizontal flip, the preset's scaling and normalisation, random erasing.
    /// </summary>
    /// <param name="preset">Gives size, interpolation, channels, scaling and normalisation.</param>
    /// <param name="flip">The probability of the flip; 0 leaves it out.</param>
    /// <param name="erase">The probability of the erasing; 0 leaves it out.</param>
    /// <returns>The transform.</returns>
    /// <exception cref="ArgumentException">The preset has no fixed size, or a probability is not between 0 and 1.</exception>
    public static TrainingTransform ResizedCropAndFlip(ImagePreset preset, double flip = 0.5, double erase = 0)
    {
        ArgumentNullException.ThrowIfNull(preset);
        var crop = new RandomResizedCrop(SizeOf(preset)) { Interpolation = preset.Interpolation };
        return Recipe(crop, preset, flip, erase);
    }

    /// <summary>A gentle one for small data sets: the preset's own resize and crop, and a horizontal flip.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="flip">The probability of the flip; 0 leaves it out.</param>
    /// <returns>The transform.</returns>
    /// <exception cref="ArgumentException">The preset has no fixed size, or the probability is not between 0 and 1.</exception>
    public static TrainingTransform Flip(ImagePreset preset, double flip = 0.5) =>
        Recipe(new PresetCrop(preset), preset, flip, erase: 0);

    /// <summary>Prepares one image.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="random">Where the decisions come from. The same state gives the same result.</param>
    /// <param name="destination">Receives <c>[Preset.Channels, OutputSize.Height, OutputSize.Width]</c>.</param>
    /// <exception cref="ArgumentException">The destination has another length, or the image does not suit a step.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public void Apply(RgbImage image, TorchRandom random, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var length = (long)Preset.Channels * OutputSize.Height * OutputSize.Width;
        if (destination.Length != length)
        {
            // Said before anything is drawn.
            throw new ArgumentException(
                $"[{Preset.Channels}, {OutputSize.Height}, {OutputSize.Width}] are {length} values, but the destination " +
                $"holds {destination.Length}.", nameof(destination));
        }

        Preset.Apply(Augment(image, random), destination);
        Erasing?.Apply(destination, Preset.Channels, OutputSize, random);
    }

    /// <summary>The steps on the pixels, with nothing after them.</summary>
    internal RgbImage Augment(RgbImage image, TorchRandom random)
    {
        foreach (var augmentation in Augmentations)
        {
            image = augmentation.Apply(image, random);
        }

        return image;
    }

    private static TrainingTransform Recipe(IImageAugmentation first, ImagePreset preset, double flip, double erase)
    {
        var steps = new List<IImageAugmentation> { first };
        if (flip != 0)
        {
            steps.Add(new RandomHorizontalFlip(flip));
        }

        // The steps leave the right size, so of the preset's geometry nothing but that size remains.
        var rest = preset with { ResizeSize = null, FixedSize = null, CropSize = SizeOf(preset) };
        return new TrainingTransform(steps, rest, erase == 0 ? null : new RandomErasing(erase));
    }

    private static ImageSize SizeOf(ImagePreset preset) => preset.FixedOutputSize
        ?? throw new ArgumentException(
            $"The preset '{preset.Name}' leaves images their own sizes; one with a crop (cropSize, the command's --size) or a whole size "
            + "(fixedSize, --resize HxW) makes them equal.",
            nameof(preset));
}
