using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>
/// Cuts out a part of random area and aspect ratio and resizes it: <c>torchvision.transforms.RandomResizedCrop</c>.
/// </summary>
public sealed record RandomResizedCrop : IImageAugmentation
{
    private readonly ValueRange _scale = (0.08, 1);
    private readonly ValueRange _ratio = (3.0 / 4.0, 4.0 / 3.0);

    /// <summary>Makes the step.</summary>
    /// <param name="size">The size that every part is resized to, at least 1 pixel each way.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public RandomResizedCrop(ImageSize size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        Size = size;
    }

    /// <summary>The size that every part is resized to.</summary>
    public ImageSize Size { get; }

    /// <summary>The part's area as a share of the image's, within 0 and 1.</summary>
    /// <exception cref="ArgumentException">The range leaves 0 to 1, or ends before it begins.</exception>
    public ValueRange Scale
    {
        get => _scale;
        init => _scale = value.Within(0, 1, nameof(Scale));
    }

    /// <summary>The part's width by its height, before the resize; positive.</summary>
    /// <exception cref="ArgumentException">The range has a value that is zero, negative or not finite, or ends before it begins.</exception>
    public ValueRange Ratio
    {
        get => _ratio;
        init => _ratio = value.Within(float.Epsilon, double.PositiveInfinity, nameof(Ratio));
    }

    /// <summary>How the resize weighs the pixels.</summary>
    public Resampling Interpolation { get; init; } = Resampling.Bilinear;

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var (top, left, height, width) = Draw(image.Height, image.Width, random);
        return ImageGeometry.ResizedCrop(image, top, left, height, width, Size, Interpolation);
    }

    /// <summary>Draws the part to cut out (torchvision's <c>RandomResizedCrop.get_params</c>).</summary>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="random">Where the decisions come from.</param>
    /// <returns>
    /// The part's first row and column, height and width. If ten drawn parts do not fit, it is the largest central part
    /// whose aspect ratio is allowed.
    /// </returns>
    public (int Top, int Left, int Height, int Width) Draw(int height, int width, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        for (var attempt = 0; attempt < RandomArea.Attempts; attempt++)
        {
            var (w, h) = RandomArea.Draw(random, new ImageSize(height, width), Scale, Ratio);
            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                var top = (int)random.NextInt64(0, height - h + 1);
                var left = (int)random.NextInt64(0, width - w + 1);
                return (top, left, h, w);
            }
        }

        return Central(height, width);
    }

    private (int Top, int Left, int Height, int Width) Central(int height, int width)
    {
        // Of a very long image torchvision would cut out nothing, and fail; here one pixel is the least.
        var ratio = (double)width / height;
        var h = ratio < Ratio.Min ? Math.Max(1, (int)Math.Round(width / Ratio.Min)) : height;
        var w = ratio > Ratio.Max ? Math.Max(1, (int)Math.Round(height * Ratio.Max)) : width;
        return ((height - h) / 2, (width - w) / 2, h, w);
    }
}
