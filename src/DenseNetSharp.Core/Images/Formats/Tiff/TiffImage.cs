namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>A TIFF's first image, checked: what LibTiff is told of it, and nothing else of the file.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Layout">What the samples mean.</param>
/// <param name="Compression">How they are packed.</param>
/// <param name="Blocks">Where they are.</param>
/// <param name="ArePlanes">Whether each sample has blocks of its own.</param>
/// <param name="Palette">256 RGB triples; empty where the samples are no indices.</param>
/// <param name="Orientation">How the image is to be turned.</param>
internal sealed record TiffImage(
    int Width, int Height, TiffLayout Layout, TiffCompression Compression, TiffBlocks Blocks, bool ArePlanes, byte[] Palette, Transposition Orientation)
{
    /// <summary>The number of planes.</summary>
    public int Planes => ArePlanes ? Layout.Samples : 1;

    /// <summary>The samples of one plane.</summary>
    public TiffLayout PlaneLayout => ArePlanes ? Layout with { Samples = 1 } : Layout;

    public static TiffImage Parse(TiffDirectory directory, long fileLength, ImageDecodeOptions options)
    {
        var (width, height) = (directory.Value(TiffField.ImageWidth, 0), directory.Value(TiffField.ImageLength, 0));
        options.CheckSize(width, height);
        var compression = TiffCompressions.Parse(directory.Value(TiffField.Compression, 1));
        var layout = TiffLayout.Parse(directory, compression);
        if (compression is TiffCompression.CcittRunLengths or TiffCompression.CcittGroup3 or TiffCompression.CcittGroup4
            && layout is not { Bits: 1, Samples: 1 }
            || compression == TiffCompression.Jpeg && layout.Bits != 8)
        {
            throw new ImageFormatException($"its {layout.Samples} samples of {layout.Bits} bits cannot have compression {compression}");
        }

        var image = new TiffImage(
            (int)width, (int)height, layout, compression, TiffBlocks.Parse(directory, width, height, options),
            ArePlanes: layout.Samples > 1 && directory.Value(TiffField.PlanarConfiguration, 1) == 2,
            layout.Pixels == TiffPixels.Palette ? ReadPalette(directory) : [],
            directory.Value(TiffField.Orientation, 1) is var orientation and >= 1 and <= 8 ? (Transposition)orientation : Transposition.None);
        return image with { Blocks = image.Blocks.Checked(image, fileLength) };
    }

    private static byte[] ReadPalette(TiffDirectory directory)
    {
        var values = directory.Values(TiffField.ColorMap, 3 * 257);
        if (values.Length is 0 or 3 * 257)
        {
            throw new ImageFormatException("its pixels refer to a palette of at most 256 colors, which it does not have");
        }

        // First all reds, then all greens, then all blues. What the file does not define is gray to Pillow.
        var palette = new byte[3 * 256];
        var count = values.Length / 3;
        for (var i = 0; i < palette.Length; i++)
        {
            palette[i] = (byte)(i / 3 < count ? values[i % 3 * count + i / 3] >> 8 : i / 3);
        }

        return palette;
    }
}
