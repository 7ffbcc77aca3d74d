namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>
/// TIFF: the first image, in strips or tiles, through LibTiff.NET, which unpacks samples from what was checked before; what they mean
/// is decided here, as Pillow decides it. As with Pillow the image is turned as its orientation says, whether or not that is asked for.
/// </summary>
internal sealed class TiffDecoder : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => TiffDirectory.IsTiff(header);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var directory = TiffDirectory.ReadFirst(file);
        var image = TiffImage.Parse(directory, file.Length, options);
        var deepGray = new DeepGray(options);
        var rows = new TiffRows(image.Layout, image.Palette, deepGray);
        using var samples = new TiffSamples(TiffPlaneFile.Write(file, image, directory), image);
        var pixels = new byte[3 * image.Width * image.Height];
        var blocks = image.Blocks;
        var rowLength = (int)image.Layout.RowLength(blocks.Width);
        for (var block = 0; block < blocks.PerPlane(image); block++)
        {
            samples.Read(block, (int)image.PlaneLayout.RowLength(blocks.Width) * blocks.Rows(image, block));
            int left = block % blocks.Across(image) * blocks.Width, top = block / blocks.Across(image) * blocks.Height;
            for (var y = top; y < Math.Min(top + blocks.Height, image.Height); y++)
            {
                var output = pixels.AsSpan(3 * (y * image.Width + left), 3 * Math.Min(blocks.Width, image.Width - left));
                rows.ToRgb(samples.Buffer.AsSpan((y - top) * rowLength, rowLength), output);
            }
        }

        deepGray.Report();
        return image.Orientation.Apply(new RgbImage(image.Width, image.Height, pixels));
    }
}
