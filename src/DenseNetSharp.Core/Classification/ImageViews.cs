using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>What a network is shown of each image: one view of it, or several.</summary>
internal sealed record ImageViews
{
    /// <summary>Puts a preset and an augmentation together.</summary>
    /// <exception cref="ArgumentException">The preset makes no other crops than its own.</exception>
    public ImageViews(ImagePreset preset, TestTimeAugmentation augmentation)
    {
        if (!Enum.IsDefined(augmentation))
        {
            throw new ArgumentException($"There is no test-time augmentation {augmentation}.");
        }

        if (augmentation is TestTimeAugmentation.FiveCrop or TestTimeAugmentation.TenCrop && FaultOf(preset) is { } fault)
        {
            throw new ArgumentException($"The preset '{preset.Name}' {fault}, so that five crops and ten crops have nothing to choose from.");
        }

        (Preset, Augmentation) = (preset, augmentation);
    }

    public ImagePreset Preset { get; }

    public TestTimeAugmentation Augmentation { get; }

    /// <summary>How many views there are of each image.</summary>
    public int Count => Augmentation switch
    {
        TestTimeAugmentation.Flip => 2,
        TestTimeAugmentation.FiveCrop => 5,
        TestTimeAugmentation.TenCrop => 10,
        _ => 1,
    };

    /// <summary>How many values the views of one image are.</summary>
    /// <param name="size">A view's size.</param>
    public long LengthOf(ImageSize size) => (long)Count * Preset.Channels * size.Height * size.Width;

    /// <summary>Prepares one image.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="destination">Receives <c>[Count, Channels, H, W]</c>, in torchvision's order: upper left, upper right, lower left, lower
    /// right, centre; mirror images after the rest.</param>
    /// <exception cref="ArgumentException">The resized image is smaller than the crop.</exception>
    public void Apply(RgbImage image, Span<float> destination)
    {
        switch (Augmentation)
        {
            case TestTimeAugmentation.FiveCrop:
            case TestTimeAugmentation.TenCrop:
                ImagePreprocessor.RunCrops(Preset, image, destination, Augmentation == TestTimeAugmentation.TenCrop);
                break;
            case TestTimeAugmentation.Flip:
                var mirrored = destination[(destination.Length / 2)..];
                Preset.Apply(image, destination[..mirrored.Length]);
                destination[..mirrored.Length].CopyTo(mirrored);
                Mirror(mirrored, Preset.OutputSize(image.Height, image.Width).Width);
                break;
            default:
                Preset.Apply(image, destination);
                break;
        }
    }

    /// <summary>Why all crops of a preset would be the same; null where they are not.</summary>
    private static string? FaultOf(ImagePreset preset) => preset switch
    {
        { CropSize: null } => "has no crop",
        { CropSize: { } crop, ResizeSize: { } shorter } when crop.Height > shorter || crop.Width > shorter =>
            $"has a crop of {crop} that is larger than its resize to {shorter}",
        { CropSize: { } crop, FixedSize: { } size } when crop.Height > size.Height || crop.Width > size.Width =>
            $"has a crop of {crop} that is larger than its resize to {size}",
        { CropSize: { } crop, FixedSize: { } size } when crop == size => $"resizes to {size} and crops to the same",
        _ => null,
    };

    private static void Mirror(Span<float> planes, int width)
    {
        for (var row = 0; row < planes.Length; row += width)
        {
            planes.Slice(row, width).Reverse();
        }
    }
}
