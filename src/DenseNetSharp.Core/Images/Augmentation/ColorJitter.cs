using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>
/// Changes brightness, contrast, saturation and hue by random factors in random order:
/// <c>torchvision.transforms.ColorJitter</c>.
/// </summary>
public sealed record ColorJitter : IImageAugmentation
{
    private static readonly ValueRange NoFactor = (1, 1);
    private static readonly ValueRange NoShift = (0, 0);

    private readonly ValueRange _brightness;
    private readonly ValueRange _contrast;
    private readonly ValueRange _saturation;
    private readonly ValueRange _hue;

    /// <summary>Makes a step whose factors lie about those that change nothing.</summary>
    /// <param name="brightness">Brightness factors are from max(0, 1 - this) to 1 + this. Not negative.</param>
    /// <param name="contrast">The same for contrast.</param>
    /// <param name="saturation">The same for saturation.</param>
    /// <param name="hue">Hue factors are from minus this to this, at most 0.5. Not negative.</param>
    /// <exception cref="ArgumentException">One is negative, not finite or, for the hue, more than 0.5.</exception>
    public ColorJitter(double brightness = 0, double contrast = 0, double saturation = 0, double hue = 0)
    {
        _brightness = About(brightness, nameof(brightness));
        _contrast = About(contrast, nameof(contrast));
        _saturation = About(saturation, nameof(saturation));
        _hue = new ValueRange(-hue, hue).Within(-0.5, 0.5, nameof(hue));
    }

    /// <summary>What the brightness factor is drawn from; not negative.</summary>
    /// <exception cref="ArgumentException">It is, or not finite or not in order.</exception>
    public ValueRange Brightness
    {
        get => _brightness;
        init => _brightness = value.Within(0, double.PositiveInfinity, nameof(Brightness));
    }

    /// <summary>What the contrast factor is drawn from; not negative.</summary>
    /// <exception cref="ArgumentException">It is, or not finite or not in order.</exception>
    public ValueRange Contrast
    {
        get => _contrast;
        init => _contrast = value.Within(0, double.PositiveInfinity, nameof(Contrast));
    }

    /// <summary>What the saturation factor is drawn from; not negative.</summary>
    /// <exception cref="ArgumentException">It is, or not finite or not in order.</exception>
    public ValueRange Saturation
    {
        get => _saturation;
        init => _saturation = value.Within(0, double.PositiveInfinity, nameof(Saturation));
    }

    /// <summary>What the hue factor is drawn from, within -0.5 and 0.5.</summary>
    /// <exception cref="ArgumentException">The range leaves -0.5 to 0.5, or ends before it begins.</exception>
    public ValueRange Hue
    {
        get => _hue;
        init => _hue = value.Within(-0.5, 0.5, nameof(Hue));
    }

    /// <inheritdoc/>
    public RgbImage Apply(RgbImage image, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var order = random.Permutation(4);

        // A range that allows only what changes nothing draws nothing.
        float? brightness = Brightness == NoFactor ? null : Brightness.Draw(random);
        float? contrast = Contrast == NoFactor ? null : Contrast.Draw(random);
        float? saturation = Saturation == NoFactor ? null : Saturation.Draw(random);
        float? hue = Hue == NoShift ? null : Hue.Draw(random);
        foreach (var step in order)
        {
            image = step switch
            {
                0 when brightness is { } factor => ImageColor.AdjustBrightness(image, factor),
                1 when contrast is { } factor => ImageColor.AdjustContrast(image, factor),
                2 when saturation is { } factor => ImageColor.AdjustSaturation(image, factor),
                3 when hue is { } factor => ImageColor.AdjustHue(image, factor),
                _ => image,
            };
        }

        return image;
    }

    private static ValueRange About(double spread, string name) => spread >= 0
        ? new ValueRange(Math.Max(1 - spread, 0), 1 + spread).Within(0, double.PositiveInfinity, name)
        : throw new ArgumentOutOfRangeException(name, spread, $"If {name} is a single number, it must be non negative.");
}
