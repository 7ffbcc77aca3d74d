namespace DenseNetSharp.Images.Augmentation;

/// <summary>Changes colours, to the byte as torchvision's functions do to Pillow images. No image is changed in place.</summary>
public static class ImageColor
{
    /// <summary>Blends with black: <c>torchvision.transforms.functional.adjust_brightness</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="factor">0 for black, 1 for the image as it is, 2 for twice as bright.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public static RgbImage AdjustBrightness(RgbImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        return BlendWithGray(image, 0, CheckedFactor(factor));
    }

    /// <summary>Blends with the mean luma: <c>torchvision.transforms.functional.adjust_contrast</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="factor">0 for plain gray, 1 for the image as it is, 2 for twice the contrast.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public static RgbImage AdjustContrast(RgbImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        var alpha = CheckedFactor(factor);
        var gray = image.ToGray();
        long sum = 0;
        foreach (var value in gray)
        {
            sum += value;
        }

        return BlendWithGray(image, (int)((double)sum / gray.Length + 0.5), alpha);
    }

    /// <summary>Blends with the luma: <c>torchvision.transforms.functional.adjust_saturation</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="factor">0 for gray, 1 for the image as it is, 2 for twice the saturation.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public static RgbImage AdjustSaturation(RgbImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        var alpha = CheckedFactor(factor);
        var gray = image.ToGray();
        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = Blend(gray[i / 3], image.Pixels[i], alpha);
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>Turns the hue in Pillow's 8-bit HSV: <c>torchvision.transforms.functional.adjust_hue</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="factor">The share of the colour circle, from -0.5 to 0.5. 0 changes no hue but rounds to HSV and back.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The factor is beyond -0.5 or 0.5.</exception>
    public static RgbImage AdjustHue(RgbImage image, double factor)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!(factor is >= -0.5 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A hue factor is in [-0.5, 0.5].");
        }

        // Cut off towards zero, and added as bytes: 255 follows -1.
        var shift = unchecked((byte)(int)(factor * 255));
        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var hsv = Hsv.FromRgb(image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
            var turned = hsv with { Hue = unchecked((byte)(hsv.Hue + shift)) };
            (pixels[i], pixels[i + 1], pixels[i + 2]) = turned.ToRgb();
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>Stretches each channel from 0 to 255: <c>torchvision.transforms.functional.autocontrast</c>.</summary>
    /// <param name="image">The image.</param>
    /// <returns>A new image. A channel of one value stays as it is.</returns>
    public static RgbImage AutoContrast(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = new byte[image.Pixels.Length];
        var table = new byte[256];
        for (var channel = 0; channel < 3; channel++)
        {
            var (low, high) = (255, 0);
            for (var i = channel; i < pixels.Length; i += 3)
            {
                low = Math.Min(low, image.Pixels[i]);
                high = Math.Max(high, image.Pixels[i]);
            }

            Stretch(low, high, table);
            for (var i = channel; i < pixels.Length; i += 3)
            {
                pixels[i] = table[image.Pixels[i]];
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static void Stretch(int low, int high, byte[] table)
    {
        var scale = high > low ? 255.0 / (high - low) : 1;
        var offset = high > low ? -low * scale : 0;
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = (byte)Math.Clamp(value * scale + offset, 0, 255);
        }
    }

    private static RgbImage BlendWithGray(RgbImage image, int gray, float alpha)
    {
        var table = new byte[256];
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = Blend(gray, value, alpha);
        }

        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = table[image.Pixels[i]];
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>Pillow's <c>Image.blend</c>: cut off, not rounded.</summary>
    private static byte Blend(int from, int to, float alpha) => (byte)Math.Clamp(from + alpha * (to - from), 0, 255);

    private static float CheckedFactor(double factor) => factor >= 0 && float.IsFinite((float)factor)
        ? (float)factor
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor is finite and not negative.");
}
