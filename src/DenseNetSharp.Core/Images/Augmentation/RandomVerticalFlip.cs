using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>Mirrors top and bottom with a probability: <c>torchvision.transforms.RandomVerticalFlip</c>.</summary>
public sealed record RandomVerticalFlip : IImageAugmentation
{
    /// <summary>Makes the step.</summary>
    /// <param name="p">The probability, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is negative, above 1, or no number.</exception>
    public RandomVerticalFlip(double p = 0.5) => P = Probability.Checked(p, nameof(p));

    /// <summary>The probability.</summary>
    public double P { get; }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);

        // torchvision compares a tensor, and so in float.
        return random.NextSingle() < (float)P ? ImageGeometry.FlipVertically(image) : image;
    }
}
