using DenseNetSharp.Images.Resizing;

namespace DenseNetSharp.Images;

/// <summary>Resizes images to the byte as Pillow's <c>Image.resize</c> does.</summary>
public static class ImageResizer
{
    /// <summary>Resizes an image, antialiased where it shrinks (except <see cref="Resampling.Nearest"/>).</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="width">The new width in pixels, at least 1.</param>
    /// <param name="height">The new height in pixels, at least 1.</param>
    /// <param name="resampling">The filter; torchvision's default is bilinear.</param>
    /// <returns>A new image.</returns>
    /// <exception cref="ArgumentException">A side is not positive, the result is too large, or there is no such filter.</exception>
    public static RgbImage Resize(
        RgbImage image, int width, int height, Resampling resampling = Resampling.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var resized = Resize(
            new Raster(image.Width, image.Height, 3, image.Pixels),
            new OutputRange(image.Width, width, 0, width),
            new OutputRange(image.Height, height, 0, height),
            resampling);
        return new RgbImage(width, height, resized.Bytes);
    }

    /// <summary>Resizes and computes only the wanted part of the result: what a crop will drop is never made.</summary>
    internal static Raster Resize(Raster source, OutputRange columns, OutputRange rows, Resampling resampling)
    {
        var result = Raster.Create(columns.Count, rows.Count, source.Channels);
        Resize(source, columns, rows, resampling, result);
        return result;
    }

    /// <summary>The same in memory that the caller gives back, <see cref="Raster.Recycle"/>.</summary>
    internal static Raster ResizeRented(Raster source, OutputRange columns, OutputRange rows, Resampling resampling)
    {
        var result = Raster.Rent(columns.Count, rows.Count, source.Channels);
        Resize(source, columns, rows, resampling, result);
        return result;
    }

    private static void Resize(Raster source, OutputRange columns, OutputRange rows, Resampling resampling, Raster result)
    {
        if (!Enum.IsDefined(resampling))
        {
            throw new ArgumentOutOfRangeException(nameof(resampling), resampling, "There is no such filter.");
        }

        if (resampling == Resampling.Nearest || (columns.KeepsSize && rows.KeepsSize))
        {
            NearestPass.Run(source, columns, rows, result);
            return;
        }

        // Pillow does not filter an axis that keeps its size. Where only a part of such an axis is wanted it is filtered
        // here, which changes nothing: every filter weighs a pixel's own place 1 and its neighbours' 0.
        var filter = ResamplingFilter.Of(resampling);
        var horizontal = columns.IsWholeInput ? null : new ResampleWeights(columns, filter);
        var vertical = rows.IsWholeInput ? null : new ResampleWeights(rows, filter);
        if (vertical is null)
        {
            HorizontalPass.Run(source, 0, source.Height, horizontal!, result);
            return;
        }

        if (horizontal is null)
        {
            VerticalPass.Run(source, 0, vertical, result);
            return;
        }

        var (firstRow, rowCount) = (vertical.FirstInput, vertical.EndInput - vertical.FirstInput);
        if ((long)columns.Count * rowCount * source.Channels > Array.MaxLength)
        {
            throw new ArgumentException(
                $"Resizing {source.Width}x{source.Height} to {columns.OutputSize}x{rows.OutputSize} pixels goes by way of " +
                $"{columns.Count}x{rowCount} pixels, which do not fit in one array.");
        }

        var between = Raster.Rent(columns.Count, rowCount, source.Channels);
        HorizontalPass.Run(source, firstRow, rowCount, horizontal, between);
        VerticalPass.Run(between, firstRow, vertical, result);
        between.Recycle();
    }
}
