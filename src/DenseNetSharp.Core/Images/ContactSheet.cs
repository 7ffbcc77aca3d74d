using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Images;

/// <summary>Several images on one sheet, row after row, to be looked at together.</summary>
public static class ContactSheet
{
    /// <summary>The most pixels (width times height) that a sheet may have: 300 MB in memory.</summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>Lays images out in a grid of cells, each scaled down where it is larger than its cell, as Pillow's
    /// <c>ImageOps.contain</c> does (bicubic, antialiased, proportions kept), and never up, in the middle of its cell.</summary>
    /// <param name="images">Images of any sizes; enumerated once, and only the scaled images are kept.</param>
    /// <param name="options">Cells and background; null for the defaults.</param>
    /// <param name="frames">Images that get a frame, by their places from 0, and its colour. It lies in the gap, around the image itself,
    /// half a gap wide. Null for no frames.</param>
    /// <returns>The sheet: a gap, then a cell and a gap for each column, and for each row.</returns>
    /// <exception cref="ArgumentException">There are no images, or one is null; an option is out of range, or there is a frame for an
    /// image that is not there or with a gap too narrow for it; the sheet would have more than <see cref="MaxPixels"/> pixels.</exception>
    public static RgbImage Create(
        IEnumerable<RgbImage> images,
        ContactSheetOptions? options = null,
        IReadOnlyDictionary<int, RgbColor>? frames = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        options ??= new ContactSheetOptions();
        options.Validate();
        frames ??= new Dictionary<int, RgbColor>();
        if (frames.Count > 0 && options.Gap < 2)
        {
            throw new ArgumentException($"A gap of {options.Gap} pixels leaves no room for a frame, which takes half of it.", nameof(options));
        }

        var scaled = new List<RgbImage>();
        foreach (var image in images)
        {
            scaled.Add(ScaledDown(image ?? throw new ArgumentException($"Image {scaled.Count} is null.", nameof(images)), options.CellSize));
            CheckSize(scaled.Count, options);
        }

        if (scaled.Count == 0)
        {
            throw new ArgumentException("A contact sheet needs at least one image.", nameof(images));
        }

        foreach (var place in frames.Keys.Where(place => place < 0 || place >= scaled.Count))
        {
            throw new ArgumentException($"There is a frame for image {place} of {scaled.Count}, which are counted from 0.", nameof(frames));
        }

        if (options.ShrinksCells)
        {
            options = options with { CellSize = (scaled.Max(image => image.Height), scaled.Max(image => image.Width)) };
        }

        return LaidOut(scaled, options, frames);
    }

    private static RgbImage LaidOut(List<RgbImage> images, ContactSheetOptions options, IReadOnlyDictionary<int, RgbColor> frames)
    {
        var (cell, gap, frame) = (options.CellSize, options.Gap, options.Gap / 2);
        var (columns, width, height) = Measure(images.Count, options);
        var sheet = new RgbImage((int)width, (int)height, new byte[3 * width * height]);
        Fill(sheet, 0, 0, sheet.Width, sheet.Height, options.Background);
        foreach (var (i, image) in images.Index())
        {
            var left = gap + i % columns * (cell.Width + gap) + (cell.Width - image.Width) / 2;
            var top = gap + i / columns * (cell.Height + gap) + (cell.Height - image.Height) / 2;
            if (frames.TryGetValue(i, out var color))
            {
                Fill(sheet, left - frame, top - frame, image.Width + 2 * frame, image.Height + 2 * frame, color);
            }

            for (var y = 0; y < image.Height; y++)
            {
                image.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width).CopyTo(Row(sheet, left, top + y, image.Width));
            }
        }

        return sheet;
    }

    /// <summary>In Python's own order of operations, so that it rounds as Pillow does.</summary>
    private static RgbImage ScaledDown(RgbImage image, ImageSize cell)
    {
        if (image.Width <= cell.Width && image.Height <= cell.Height)
        {
            return image;
        }

        var (ratio, cellRatio) = ((double)image.Width / image.Height, (double)cell.Width / cell.Height);
        var width = ratio < cellRatio ? Math.Max(1, (int)Math.Round(ratio * cell.Height)) : cell.Width;
        var height = ratio > cellRatio ? Math.Max(1, (int)Math.Round((double)image.Height / image.Width * cell.Width)) : cell.Height;
        return ImageResizer.Resize(image, width, height, Resampling.Bicubic);
    }

    private static (int Columns, long Width, long Height) Measure(int count, ContactSheetOptions options)
    {
        var columns = Math.Min(count, options.Columns ?? (int)Math.Ceiling(Math.Sqrt(count)));
        var rows = (count - 1) / columns + 1;
        long gap = options.Gap;
        return (columns, columns * (options.CellSize.Width + gap) + gap, rows * (options.CellSize.Height + gap) + gap);
    }

    private static void CheckSize(int count, ContactSheetOptions options)
    {
        var (_, width, height) = Measure(count, options);
        if (width > MaxPixels / height)
        {
            throw new ArgumentException(
                $"{count} images or more in cells of {options.CellSize} pixels make a sheet of {height}x{width}, more than the limit of "
                + $"{MaxPixels} pixels.",
                nameof(options));
        }
    }

    private static void Fill(RgbImage sheet, int left, int top, int width, int height, RgbColor color)
    {
        var first = Row(sheet, left, top, width);
        for (var x = 0; x < first.Length; x += 3)
        {
            (first[x], first[x + 1], first[x + 2]) = (color.Red, color.Green, color.Blue);
        }

        for (var y = 1; y < height; y++)
        {
            first.CopyTo(Row(sheet, left, top + y, width));
        }
    }

    private static Span<byte> Row(RgbImage sheet, int left, int y, int width) => sheet.Pixels.AsSpan(3 * (y * sheet.Width + left), 3 * width);
}
