using DenseNetSharp.Images.Resizing;

namespace DenseNetSharp.Images;

/// <summary>Carries a preset out.</summary>
internal static class ImagePreprocessor
{
    /// <summary>The size after the resize, before the crop (torchvision's <c>_compute_resized_output_size</c>).</summary>
    public static ImageSize ResizedSize(ImagePreset preset, int height, int width)
    {
        if (preset.FixedSize is { } size)
        {
            return size;
        }

        if (preset.ResizeSize is not { } shorter)
        {
            return new ImageSize(height, width);
        }

        var longer = Math.Truncate((double)((long)shorter * Math.Max(width, height)) / Math.Min(width, height));
        if (longer > int.MaxValue)
        {
            throw new ArgumentException($"An image of {height}x{width} pixels is too long to be resized to {shorter}.");
        }

        return width <= height ? new ImageSize((int)longer, shorter) : new ImageSize(shorter, (int)longer);
    }

    /// <summary>The part of an image that comes out, in the image's pixels.</summary>
    public static ImageArea InputArea(ImagePreset preset, int height, int width)
    {
        var resized = ResizedSize(preset, height, width);
        var output = preset.CropSize ?? resized;
        var (left, wide) = Along(width, resized.Width, output.Width);
        var (top, high) = Along(height, resized.Height, output.Height);
        return new ImageArea(left, top, wide, high);

        static (double Start, double Length) Along(int side, int resized, int output)
        {
            var crop = CenterCrop.Of(resized, output);
            var scale = (double)side / resized;
            return ((crop.First - crop.Padding) * scale, output * scale);
        }
    }

    /// <summary>The size that all images of a batch come out at.</summary>
    /// <exception cref="ArgumentException">They come out at different sizes.</exception>
    public static ImageSize SizeOfAll(ImagePreset preset, IReadOnlyList<RgbImage> images)
    {
        var size = preset.OutputSize(images[0].Height, images[0].Width);
        foreach (var (i, image) in images.Index())
        {
            var own = preset.OutputSize(image.Height, image.Width);
            if (own != size)
            {
                throw new ArgumentException(
                    $"Images of one batch must come out at one size, but image {i} does at {own} and image 0 at {size}; " +
                    $"set {nameof(ImagePreset.CropSize)} or {nameof(ImagePreset.FixedSize)}.", nameof(images));
            }
        }

        return size;
    }

    /// <summary>Prepares one image into <c>[channels, height, width]</c>.</summary>
    public static void Run(ImagePreset preset, RgbImage image, Span<float> destination) => Run(preset, image, destination, Normalization(preset));

    /// <summary>Prepares one image into <c>[channels, height, width]</c>, all but the scaling and the normalisation.</summary>
    public static void Run(ImagePreset preset, RgbImage image, Span<byte> destination) => Run(preset, image, destination, (_, table) =>
    {
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = (byte)value;
        }
    });

    /// <summary>Fills in what the preset makes of each 8-bit value of a channel.</summary>
    private static Action<int, Span<float>> Normalization(ImagePreset preset) => (channel, table) =>
    {
        for (var value = 0; value < table.Length; value++)
        {
            // One rounding an operation, in torchvision's order: a fused form would differ in the last bit.
            table[value] = (value / preset.Divisor - preset.Mean[channel]) / preset.Std[channel];
        }
    };

    private static void Run<TPixel>(ImagePreset preset, RgbImage image, Span<TPixel> destination, Action<int, Span<TPixel>> fill)
        where TPixel : unmanaged
    {
        Check(preset);
        var output = preset.OutputSize(image.Height, image.Width);
        if (destination.Length != (long)preset.Channels * output.Height * output.Width)
        {
            throw new ArgumentException(
                $"[{preset.Channels}, {output.Height}, {output.Width}] are {(long)preset.Channels * output.Height * output.Width} " +
                $"values, but the destination holds {destination.Length}.", nameof(destination));
        }

        var (kept, top, left) = Fit(preset, image, ImageResizer.ResizeRented);
        Spread(preset, kept, output, top, left, destination, fill);
        kept.Recycle();
    }

    /// <summary>Prepares the four corners and the centre of one image into <c>[5, channels, height, width]</c>, or those of its mirror image
    /// too into <c>[10, channels, height, width]</c>, in the order of torchvision's <c>five_crop</c> and <c>ten_crop</c>.</summary>
    /// <param name="preset">The preset, which has a crop.</param>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="destination">Receives the crops.</param>
    /// <param name="withMirrored">Whether the mirror image is cropped too.</param>
    /// <exception cref="ArgumentException">The resized image is smaller than the crop.</exception>
    public static void RunCrops(ImagePreset preset, RgbImage image, Span<float> destination, bool withMirrored)
    {
        Check(preset);
        var crop = preset.CropSize!.Value;
        var resized = Resized(preset, image);
        if (resized.Height < crop.Height || resized.Width < crop.Width)
        {
            throw new ArgumentException(
                $"The preset '{preset.Name}' crops to {crop}, but makes {new ImageSize(resized.Height, resized.Width)} of an image of "
                + $"{image.Height}x{image.Width}, from which no corners can be cut.");
        }

        var (bottom, right) = (resized.Height - crop.Height, resized.Width - crop.Width);
        var (middleRow, middleColumn) = (CenterCrop.Of(resized.Height, crop.Height).First, CenterCrop.Of(resized.Width, crop.Width).First);
        (int Top, int Left)[] corners = [(0, 0), (0, right), (bottom, 0), (bottom, right), (middleRow, middleColumn)];
        var each = preset.Channels * crop.Height * crop.Width;
        var normalization = Normalization(preset);
        foreach (var whole in withMirrored ? [resized, Mirrored(resized)] : new[] { resized })
        {
            foreach (var (top, left) in corners)
            {
                Spread(preset, Part(whole, top, left, crop), crop, 0, 0, destination[..each], normalization);
                destination = destination[each..];
            }
        }
    }

    /// <summary>Resizes and crops one image.</summary>
    /// <returns>What is kept, perhaps the image's own pixels, to be read only; and the padding above it and left of it where
    /// it is smaller than the crop.</returns>
    public static (Raster Kept, int Top, int Left) Fit(ImagePreset preset, RgbImage image) => Fit(preset, image, ImageResizer.Resize);

    private static (Raster Kept, int Top, int Left) Fit(
        ImagePreset preset, RgbImage image, Func<Raster, OutputRange, OutputRange, Resampling, Raster> resize)
    {
        var source = SourceOf(preset, image);
        var resized = ResizedSize(preset, image.Height, image.Width);
        var output = preset.CropSize ?? resized;
        var columns = CenterCrop.Of(resized.Width, output.Width);
        var rows = CenterCrop.Of(resized.Height, output.Height);
        var keptColumns = new OutputRange(image.Width, resized.Width, columns.First, columns.Count);
        var keptRows = new OutputRange(image.Height, resized.Height, rows.First, rows.Count);
        // What an augmentation has brought to its size is not copied again.
        var kept = keptColumns.IsWholeInput && keptRows.IsWholeInput
            ? source
            : resize(source, keptColumns, keptRows, preset.Interpolation);
        return (kept, rows.Padding, columns.Padding);
    }

    /// <summary>The whole image, resized.</summary>
    private static Raster Resized(ImagePreset preset, RgbImage image)
    {
        var source = SourceOf(preset, image);
        var (height, width) = ResizedSize(preset, image.Height, image.Width);
        return ImageResizer.Resize(
            source, new OutputRange(image.Width, width, 0, width), new OutputRange(image.Height, height, 0, height), preset.Interpolation);
    }

    private static Raster SourceOf(ImagePreset preset, RgbImage image) => preset.Channels == 1 || preset.ConvertToGray
        ? new Raster(image.Width, image.Height, 1, image.ToGray())
        : new Raster(image.Width, image.Height, 3, image.Pixels);

    private static Raster Part(Raster image, int top, int left, ImageSize size)
    {
        var length = size.Width * image.Channels;
        var part = Raster.Create(size.Width, size.Height, image.Channels);
        for (var y = 0; y < size.Height; y++)
        {
            image.Row(top + y).Slice(left * image.Channels, length).CopyTo(part.Row(y));
        }

        return part;
    }

    private static Raster Mirrored(Raster image)
    {
        var mirrored = Raster.Create(image.Width, image.Height, image.Channels);
        for (var y = 0; y < image.Height; y++)
        {
            var from = image.Row(y);
            var to = mirrored.Row(y);
            for (var x = 0; x < image.Width; x++)
            {
                from.Slice(x * image.Channels, image.Channels).CopyTo(to[((image.Width - 1 - x) * image.Channels)..]);
            }
        }

        return mirrored;
    }

    /// <summary>Writes one plane a channel. Each 8-bit value has one result, so it is looked up.</summary>
    private static void Spread<TPixel>(
        ImagePreset preset, Raster kept, ImageSize output, int top, int left, Span<TPixel> destination, Action<int, Span<TPixel>> fill)
        where TPixel : unmanaged
    {
        var isPadded = kept.Height != output.Height || kept.Width != output.Width;
        Span<TPixel> table = stackalloc TPixel[256];
        for (var channel = 0; channel < preset.Channels; channel++)
        {
            fill(channel, table);
            var plane = destination.Slice(channel * output.Height * output.Width, output.Height * output.Width);
            if (isPadded)
            {
                plane.Fill(table[0]);
            }

            for (var y = 0; y < kept.Height; y++)
            {
                // Of gray the one channel is repeated.
                ReadOnlySpan<byte> from = kept.Row(y)[Math.Min(channel, kept.Channels - 1)..];
                var to = plane.Slice((top + y) * output.Width + left, kept.Width);
                for (int x = 0, i = 0; x < to.Length; x++, i += kept.Channels)
                {
                    to[x] = table[from[i]];
                }
            }
        }
    }

    /// <summary>Refuses a preset that contradicts itself.</summary>
    /// <exception cref="InvalidOperationException">It does; the message says how.</exception>
    public static void Check(ImagePreset preset)
    {
        var fault = preset switch
        {
            { ResizeSize: not null, FixedSize: not null } => "resizes twice, to a shorter side (resizeSize) and to a whole size (fixedSize); one is enough",
            { ResizeSize: < 1 } => $"resizes to a shorter side of {preset.ResizeSize} pixels; it must be 1 or more",
            { FixedSize: { Height: < 1 } or { Width: < 1 } } => $"resizes to {preset.FixedSize} pixels; both sides must be 1 or more",
            { FixedSize: { } size } when !FitsInArray(size) => $"resizes to {size} pixels, more than fit in one array",
            { CropSize: { Height: < 1 } or { Width: < 1 } } => $"crops to {preset.CropSize} pixels; both sides must be 1 or more",
            { CropSize: { } size } when !FitsInArray(size) => $"crops to {size} pixels, more than fit in one array",
            _ when !Enum.IsDefined(preset.Interpolation) => $"names no filter with the interpolation {preset.Interpolation}",
            { Channels: not (1 or 3) } => $"has {preset.Channels} channels; 1 and 3 are supported",
            _ when preset.Mean.Count != preset.Channels || preset.Std.Count != preset.Channels =>
                $"has {preset.Channels} channels, but {preset.Mean.Count} means and {preset.Std.Count} deviations",
            _ when preset.Divisor == 0 || preset.Std.Contains(0) => "divides by zero: its divisor (divisor) and deviations (std) must not be 0",
            _ when !preset.Mean.Concat(preset.Std).Append(preset.Divisor).All(float.IsFinite) =>
                "has a divisor, mean or deviation that is not finite",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidOperationException($"The preset '{preset.Name}' {fault}.");
        }
    }

    private static bool FitsInArray(ImageSize size) => 3L * size.Height * size.Width <= Array.MaxLength;
}
