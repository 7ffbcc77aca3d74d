namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>The strips or tiles of a TIFF's image.</summary>
/// <param name="IsTiled">Whether they are tiles.</param>
/// <param name="Width">The width of each: a tile's, or the image's.</param>
/// <param name="Height">The height of each; a last strip may have fewer rows, a tile never.</param>
/// <param name="Offsets">Where each starts in the file, plane after plane.</param>
/// <param name="ByteCounts">How many bytes each takes.</param>
internal sealed record TiffBlocks(bool IsTiled, int Width, int Height, long[] Offsets, long[] ByteCounts)
{
    /// <summary>How many times the same bytes may be part of a strip; some writers have one for all that is empty.</summary>
    private const int MostSharing = 8;

    public static TiffBlocks Parse(TiffDirectory directory, long imageWidth, long imageHeight, ImageDecodeOptions options)
    {
        var isTiled = directory.Has(TiffField.TileOffsets) && !directory.Has(TiffField.StripOffsets);
        var width = isTiled ? directory.Value(TiffField.TileWidth, 0) : imageWidth;
        var height = isTiled ? directory.Value(TiffField.TileLength, 0) : Math.Min(directory.Value(TiffField.RowsPerStrip, imageHeight), imageHeight);
        if (width == 0 || height == 0)
        {
            throw new ImageFormatException($"its {(isTiled ? "tiles" : "strips")} have no pixels");
        }

        options.CheckSize(width, height);
        return new TiffBlocks(
            isTiled, (int)width, (int)height,
            directory.Values(isTiled ? TiffField.TileOffsets : TiffField.StripOffsets),
            directory.Values(isTiled ? TiffField.TileByteCounts : TiffField.StripByteCounts));
    }

    /// <summary>How many blocks lie side by side.</summary>
    public int Across(TiffImage image) => (image.Width + Width - 1) / Width;

    /// <summary>How many blocks a plane has.</summary>
    public long PerPlane(TiffImage image) => (long)Across(image) * ((image.Height + Height - 1) / Height);

    /// <summary>The rows of one of a plane's blocks that are stored.</summary>
    public int Rows(TiffImage image, long block) => IsTiled ? Height : (int)Math.Min(Height, image.Height - block * Height);

    /// <summary>The blocks that the image needs, none of which lies beyond the file or is too short for its pixels.</summary>
    public TiffBlocks Checked(TiffImage image, long fileLength)
    {
        var what = IsTiled ? "tile" : "strip";
        var needed = PerPlane(image) * image.Planes;
        if (Offsets.Length < needed)
        {
            throw new ImageFormatException($"it has {Offsets.Length} {what}s, and its {image.Width}x{image.Height} pixels take {needed}");
        }

        var rowLength = image.PlaneLayout.RowLength(Width);
        if (image.Layout.RowLength(Width) * Height > Array.MaxLength)
        {
            throw new ImageFormatException($"a {what} of {Width}x{Height} pixels does not fit in one array");
        }

        var expansion = image.Compression.MostExpansion(rowLength);
        var counts = new long[needed];
        long sum = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var length = rowLength * Rows(image, i % PerPlane(image));

            // As Pillow does: what is not compressed is as long as it must be, and a single strip without a length is the file's rest.
            counts[i] = image.Compression == TiffCompression.None ? length
                : ByteCounts.Length > i && (ByteCounts[i] > 0 || needed > 1) ? ByteCounts[i]
                : needed == 1 ? Math.Max(fileLength - Offsets[0], 0)
                : throw new ImageFormatException($"it does not say how long its {what}s are");
            if (Offsets[i] > fileLength || counts[i] > fileLength - Offsets[i])
            {
                throw new ImageFormatException($"it is truncated: {what} {i} takes {counts[i]} bytes from byte {Offsets[i]} on, "
                    + $"and it has {fileLength} in all");
            }

            if (length > counts[i] * expansion)
            {
                throw new ImageFormatException($"the {counts[i]} bytes of {what} {i} cannot hold {Width}x{Rows(image, i % PerPlane(image))} pixels");
            }

            sum += counts[i];
        }

        return sum <= MostSharing * fileLength ? this with { Offsets = Offsets[..(int)needed], ByteCounts = counts }
            : throw new ImageFormatException($"its {what}s lie upon each other");
    }
}
