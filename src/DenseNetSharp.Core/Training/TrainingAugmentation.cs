using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Training;

/// <summary>Ready-made augmentations, by name.</summary>
public enum TrainingAugmentation
{
    /// <summary>None: the preset's resize and crop, every epoch the same.</summary>
    None,

    /// <summary>The preset's resize and crop, mirrored half the time.</summary>
    Flip,

    /// <summary>torchvision's for ImageNet: a random resized crop, mirrored half the time.</summary>
    Crop,

    /// <summary>The DenseNet paper's for CIFAR: shifted by up to an eighth into a black border, mirrored half the time.</summary>
    Shift,

    /// <summary>timm's default: a random resized crop, mirrored half the time, brightness, contrast and saturation jittered.</summary>
    CropAndJitter,
}

/// <summary>What the names of augmentations stand for.</summary>
public static class TrainingAugmentations
{
    private const double FlipProbability = 0.5;

    /// <summary>The transform of that name for a preset.</summary>
    /// <param name="augmentation">The name.</param>
    /// <param name="preset">Gives size, interpolation, channels, scaling and normalisation.</param>
    /// <returns>The transform; null for <see cref="TrainingAugmentation.None"/>.</returns>
    /// <exception cref="ArgumentException">The preset has no fixed size, or there is no such augmentation.</exception>
    public static TrainingTransform? ToTransform(this TrainingAugmentation augmentation, ImagePreset preset) => augmentation switch
    {
        TrainingAugmentation.None => null,
        TrainingAugmentation.Flip => TrainingTransform.Flip(preset, FlipProbability),
        TrainingAugmentation.Crop => TrainingTransform.ResizedCropAndFlip(preset, FlipProbability),
        TrainingAugmentation.Shift => Shift(preset),
        TrainingAugmentation.CropAndJitter => CropAndJitter(preset),
        _ => throw new ArgumentOutOfRangeException(nameof(augmentation), augmentation, "There is no such augmentation."),
    };

    private static TrainingTransform Shift(ImagePreset preset)
    {
        var flip = TrainingTransform.Flip(preset, FlipProbability);
        var size = flip.OutputSize;
        // 4 of CIFAR's 32 pixels.
        var shift = new RandomCrop(size, Math.Min(size.Height, size.Width) / 8);
        return new TrainingTransform([flip.Augmentations[0], shift, .. flip.Augmentations.Skip(1)], flip.Preset);
    }

    private static TrainingTransform CropAndJitter(ImagePreset preset)
    {
        var crop = TrainingTransform.ResizedCropAndFlip(preset, FlipProbability);
        return new TrainingTransform([.. crop.Augmentations, new ColorJitter(0.4, 0.4, 0.4)], crop.Preset);
    }
}
