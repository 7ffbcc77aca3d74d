using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>Stretches the channels' values with a probability: <c>torchvision.transforms.RandomAutocontrast</c>.</summary>
public sealed record RandomAutocontrast : IImageAugmentation
{
    /// <summary>Makes the step.</summary>
    /// <param name="p">The probability, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is negative, above 1, or no number.</exception>
    public RandomAutocontrast(double p = 0.5) => P = Probability.Checked(p, nameof(p));

    /// <summary>The probability.</summary>
    public double P { get; }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);

        // Unlike the flips', torchvision's comparison is of numbers, and so in double.
        return random.NextSingle() < P ? ImageColor.AutoContrast(image) : image;
    }
}
