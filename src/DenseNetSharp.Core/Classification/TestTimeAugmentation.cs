namespace DenseNetSharp.Classification;

/// <summary>Which views of each image a network scores; the mean of their scores counts, as torchvision's documentation of
/// <c>FiveCrop</c> and <c>TenCrop</c> has it.</summary>
public enum TestTimeAugmentation
{
    /// <summary>The image as the preset prepares it.</summary>
    None,

    /// <summary>That and its mirror image.</summary>
    Flip,

    /// <summary>The four corners and the centre of the resized image, each of the preset's crop size: torchvision's
    /// <c>FiveCrop</c>.</summary>
    FiveCrop,

    /// <summary>Those and the same of the mirror image: torchvision's <c>TenCrop</c>.</summary>
    TenCrop,
}
