using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>Turns by a random angle: <c>torchvision.transforms.RandomRotation</c>.</summary>
public sealed record RandomRotation : IImageAugmentation
{
    private readonly Resampling _interpolation = Resampling.Nearest;
    private readonly (double X, double Y)? _center;

    /// <summary>Makes a step that turns as far one way as the other.</summary>
    /// <param name="degrees">The largest angle in degrees, not negative.</param>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public RandomRotation(double degrees)
        : this(degrees >= 0
            ? new ValueRange(-degrees, degrees)
            : throw new ArgumentOutOfRangeException(
                nameof(degrees), degrees, "If degrees is a single number, it must not be negative."))
    {
    }

    /// <summary>Makes a step that turns by an angle out of a range.</summary>
    /// <param name="degrees">The range in degrees, counter-clockwise.</param>
    /// <exception cref="ArgumentException">It is not finite or not in order.</exception>
    public RandomRotation(ValueRange degrees) =>
        Degrees = degrees.Within(double.NegativeInfinity, double.PositiveInfinity, nameof(degrees));

    /// <summary>The range of angles in degrees, counter-clockwise.</summary>
    public ValueRange Degrees { get; }

    /// <summary>Nearest, bilinear or bicubic.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of them.</exception>
    public Resampling Interpolation
    {
        get => _interpolation;
        init
        {
            Rotation.Check(value, null);
            _interpolation = value;
        }
    }

    /// <summary>Whether the result is large enough to hold the whole turned image, instead of as large as it.</summary>
    public bool Expand { get; init; }

    /// <summary>The point in pixels, from the upper left corner, to turn about; null for the middle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public (double X, double Y)? Center
    {
        get => _center;
        init
        {
            Rotation.Check(_interpolation, value);
            _center = value;
        }
    }

    /// <summary>The colour outside the turned image.</summary>
    public RgbColor Fill { get; init; }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        return ImageGeometry.Rotate(image, Degrees.Draw(random), Interpolation, Expand, Center, Fill);
    }
}
