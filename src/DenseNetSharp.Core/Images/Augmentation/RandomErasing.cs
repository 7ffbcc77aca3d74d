using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>
/// Overwrites a random rectangle of a prepared image with a probability: <c>torchvision.transforms.RandomErasing</c>.
/// </summary>
public sealed class RandomErasing
{
    private readonly ValueRange _scale = (0.02, 0.33);
    private readonly ValueRange _ratio = (0.3, 3.3);
    private readonly float[]? _value = [0];

    /// <summary>Makes the step.</summary>
    /// <param name="p">The probability, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is negative, above 1, or no number.</exception>
    public RandomErasing(double p = 0.5) => P = Probability.Checked(p, nameof(p));

    /// <summary>The probability.</summary>
    public double P { get; }

    /// <summary>The rectangle's area as a share of the image's, within 0 and 1.</summary>
    /// <exception cref="ArgumentException">The range leaves 0 to 1, or ends before it begins.</exception>
    public ValueRange Scale
    {
        get => _scale;
        init => _scale = value.Within(0, 1, nameof(Scale));
    }

    /// <summary>The rectangle's height by its width; positive.</summary>
    /// <exception cref="ArgumentException">The range has a value that is zero, negative or not finite, or ends before it begins.</exception>
    public ValueRange Ratio
    {
        get => _ratio;
        init => _ratio = value.Within(float.Epsilon, double.PositiveInfinity, nameof(Ratio));
    }

    /// <summary>
    /// What is written: one value, or one a channel. Null for standard normal numbers, torchvision's "random", which
    /// equal PyTorch's as closely as <see cref="TorchRandom.FillNormal"/> says.
    /// </summary>
    public IReadOnlyList<float>? Value
    {
        get => _value;
        init => _value = value is null ? null : [.. value];
    }

    /// <summary>Erases in place.</summary>
    /// <param name="pixels"><c>[channels, size.Height, size.Width]</c>, after the normalisation.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="size">The image's height and width in pixels.</param>
    /// <param name="random">Where the decisions come from.</param>
    /// <exception cref="ArgumentException">The pixels are not that many, or the values neither one nor one a channel.</exception>
    public void Apply(Span<float> pixels, int channels, ImageSize size, TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (pixels.Length != (long)channels * size.Height * size.Width)
        {
            throw new ArgumentException(
                $"[{channels}, {size.Height}, {size.Width}] are {(long)channels * size.Height * size.Width} values, not " +
                $"{pixels.Length}.", nameof(pixels));
        }

        CheckChannels(channels);

        // torchvision compares a tensor, and so in float.
        if (!(random.NextSingle() < (float)P))
        {
            return;
        }

        for (var attempt = 0; attempt < RandomArea.Attempts; attempt++)
        {
            var (height, width) = RandomArea.Draw(random, size, Scale, Ratio);
            if (height < size.Height && width < size.Width)
            {
                Erase(pixels, channels, size, height, width, random);
                return;
            }
        }
    }

    /// <summary>Refuses values that are neither one nor one a channel.</summary>
    internal void CheckChannels(int channels)
    {
        if (_value is not null && _value.Length != 1 && _value.Length != channels)
        {
            throw new ArgumentException(
                $"Erasing needs a single value or {channels} (the number of channels), not {_value.Length}.");
        }
    }

    private void Erase(
        Span<float> pixels, int channels, ImageSize size, int height, int width, TorchRandom random)
    {
        // The numbers are drawn before the place.
        var noise = _value is null ? new float[channels * height * width] : [];
        random.FillNormal(noise);
        var top = (int)random.NextInt64(0, size.Height - height + 1);
        var left = (int)random.NextInt64(0, size.Width - width + 1);
        for (var channel = 0; channel < channels; channel++)
        {
            for (var y = 0; y < height; y++)
            {
                var row = pixels.Slice((channel * size.Height + top + y) * size.Width + left, width);
                if (_value is null)
                {
                    noise.AsSpan((channel * height + y) * width, width).CopyTo(row);
                }
                else
                {
                    row.Fill(_value[_value.Length == 1 ? 0 : channel]);
                }
            }
        }
    }
}
