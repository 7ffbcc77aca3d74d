using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>Cuts out a part of fixed size at a random place: <c>torchvision.transforms.RandomCrop</c>.</summary>
public sealed record RandomCrop : IImageAugmentation
{
    /// <summary>Makes the step.</summary>
    /// <param name="size">The part's size, at least 1 pixel each way.</param>
    /// <param name="padding">How many black pixels are put around the image first, on each side.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive, or the padding negative.</exception>
    public RandomCrop(ImageSize size, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        (Size, Padding) = (size, padding);
    }

    /// <summary>The part's size.</summary>
    public ImageSize Size { get; }

    /// <summary>How many black pixels are put around the image first, on each side.</summary>
    public int Padding { get; }

    /// <summary>
    /// Whether an image that is still too small is padded on both sides by what it lacks, instead of being refused.
    /// </summary>
    public bool PadIfNeeded { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The image with its padding is smaller than <see cref="Size"/>.</exception>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var (paddingY, height) = Padded(image.Height, Size.Height);
        var (paddingX, width) = Padded(image.Width, Size.Width);
        if (height < Size.Height || width < Size.Width)
        {
            throw new ArgumentException(
                $"Required crop size {Size} is larger than input image size {height}x{width}.", nameof(image));
        }

        // An image of the right size needs no decision, and so none is drawn.
        var fits = height == Size.Height && width == Size.Width;
        var top = fits ? 0 : (int)random.NextInt64(0, height - Size.Height + 1);
        var left = fits ? 0 : (int)random.NextInt64(0, width - Size.Width + 1);
        return ImageGeometry.Crop(image, top - paddingY, left - paddingX, Size.Height, Size.Width);
    }

    private (int Padding, int Length) Padded(int length, int wanted)
    {
        var padding = Padding;
        if (PadIfNeeded && length + 2L * padding < wanted)
        {
            padding += wanted - length - 2 * padding;
        }

        return (padding, checked(length + 2 * padding));
    }
}
