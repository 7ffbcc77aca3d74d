namespace DenseNetSharp.Images.Augmentation;

/// <summary>Moves pixels, to the byte as torchvision's functions do to Pillow images. No image is changed in place.</summary>
public static class ImageGeometry
{
    /// <summary>Mirrors left and right: <c>torchvision.transforms.functional.hflip</c>.</summary>
    /// <param name="image">The image.</param>
    /// <returns>A new image.</returns>
    public static RgbImage FlipHorizontally(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Transposition.FlipLeftRight.Apply(image);
    }

    /// <summary>Mirrors top and bottom: <c>torchvision.transforms.functional.vflip</c>.</summary>
    /// <param name="image">The image.</param>
    /// <returns>A new image.</returns>
    public static RgbImage FlipVertically(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Transposition.FlipTopBottom.Apply(image);
    }

    /// <summary>Cuts out a part, black where it reaches beyond the image: <c>torchvision.transforms.functional.crop</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="top">The part's first row; may be negative.</param>
    /// <param name="left">The part's first column; may be negative.</param>
    /// <param name="height">The part's height in pixels, at least 1.</param>
    /// <param name="width">The part's width in pixels, at least 1.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentException">A side is not positive, or the part fits in no array.</exception>
    public static RgbImage Crop(RgbImage image, int top, int left, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(image);
        var part = NewImage(width, height);
        int firstRow = Math.Max(0, top), endRow = (int)Math.Min(image.Height, (long)top + height);
        int firstColumn = Math.Max(0, left), endColumn = (int)Math.Min(image.Width, (long)left + width);
        var length = 3 * (endColumn - firstColumn);
        for (var y = firstRow; y < endRow && length > 0; y++)
        {
            image.Pixels.AsSpan(3 * (y * image.Width + firstColumn), length)
                .CopyTo(part.Pixels.AsSpan(3 * ((y - top) * width + firstColumn - left)));
        }

        return part;
    }

    /// <summary>Cuts out a part and resizes it: <c>torchvision.transforms.functional.resized_crop</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="top">The part's first row; may be negative.</param>
    /// <param name="left">The part's first column; may be negative.</param>
    /// <param name="height">The part's height in pixels, at least 1.</param>
    /// <param name="width">The part's width in pixels, at least 1.</param>
    /// <param name="size">The size that the part is resized to.</param>
    /// <param name="interpolation">How the resize weighs the pixels.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentException">A side is not positive, or a result fits in no array.</exception>
    public static RgbImage ResizedCrop(
        RgbImage image,
        int top,
        int left,
        int height,
        int width,
        ImageSize size,
        Resampling interpolation = Resampling.Bilinear) =>
        ImageResizer.Resize(Crop(image, top, left, height, width), size.Width, size.Height, interpolation);

    /// <summary>Turns an image: <c>torchvision.transforms.functional.rotate</c>, which is Pillow's <c>Image.rotate</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="angle">The angle in degrees, counter-clockwise.</param>
    /// <param name="interpolation">Nearest, bilinear or bicubic. It is not antialiased.</param>
    /// <param name="expand">Whether the result is large enough to hold the whole turned image, instead of as large as it.</param>
    /// <param name="center">The point in pixels, from the upper left corner, to turn about; null for the middle.</param>
    /// <param name="fill">The colour outside the turned image.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentException">The angle or centre is not finite, the filter is none of the three, or the result fits in no array.</exception>
    public static RgbImage Rotate(
        RgbImage image,
        double angle,
        Resampling interpolation = Resampling.Nearest,
        bool expand = false,
        (double X, double Y)? center = null,
        RgbColor fill = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        Rotation.Check(interpolation, center);
        if (!double.IsFinite(angle))
        {
            throw new ArgumentOutOfRangeException(nameof(angle), angle, "An angle must be finite.");
        }

        // Python's %, which gives 360 itself for the smallest negative angles.
        angle %= 360;
        angle = angle < 0 ? angle + 360 : angle;
        if (center is null)
        {
            var fits = expand || image.Width == image.Height;
            switch (angle)
            {
                case 0:
                    return new RgbImage(image.Width, image.Height, [.. image.Pixels]);
                case 90 when fits:
                    return Transposition.RotateCounterclockwise.Apply(image);
                case 180:
                    return Transposition.Rotate180.Apply(image);
                case 270 when fits:
                    return Transposition.RotateClockwise.Apply(image);
            }
        }

        var rotation = Rotation.Of(image, angle, expand, center);
        var result = NewImage(rotation.Width, rotation.Height);
        for (var i = 0; i < result.Pixels.Length; i += 3)
        {
            (result.Pixels[i], result.Pixels[i + 1], result.Pixels[i + 2]) = (fill.Red, fill.Green, fill.Blue);
        }

        AffineTransform.Run(image, rotation.ToSource, result, interpolation);
        return result;
    }

    private static RgbImage NewImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return new RgbImage(width, height, Resizing.Raster.Create(width, height, 3).Bytes);
    }
}
