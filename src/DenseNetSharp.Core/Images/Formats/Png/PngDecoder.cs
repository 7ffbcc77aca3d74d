using System.IO.Compression;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>PNG in managed code: all color types and depths, palettes, interlacing; checksums are checked.</summary>
/// <remarks>
/// libpng reports errors by longjmp, which must not cross managed frames; hence no binding. Transparency (alpha, tRNS),
/// gamma and color profiles are ignored, as Pillow's <c>convert("RGB")</c> ignores them.
/// </remarks>
internal sealed class PngDecoder : IRentingDecoder
{
    /// <summary>Deflate makes at most 1032 bytes of one.</summary>
    private const int MaxExpansion = 1032;

    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith(PngFile.Signature);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options) => Decode(file, options, RgbImage.Create);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options, Func<int, int, RgbImage> newImage)
    {
        var png = PngFile.Parse(file, options);
        var header = png.Header;

        // A few hostile bytes can claim any size: memory is taken only for pixels that the data can hold.
        var needed = PngPass.Of(header).Sum(pass => pass.Height(header) * (1 + header.RowLength(pass.Width(header))));
        if (needed > MaxExpansion * (png.CompressedData.Length + 1))
        {
            throw new ImageFormatException(
                $"its {png.CompressedData.Length} bytes of image data cannot hold {header.Width}x{header.Height} pixels");
        }

        var image = newImage(header.Width, header.Height);
        using var data = new ZLibStream(png.CompressedData, CompressionMode.Decompress);
        try
        {
            foreach (var pass in PngPass.Of(header))
            {
                ReadPass(png, pass, data, image.Pixels);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // zlib's rarer complaints, about a preset dictionary for one, come as IOExceptions.
            throw new ImageFormatException("its image data is corrupt or ends too early", exception);
        }

        png.DeepGray.Report();
        return options.ApplyExifOrientation ? png.Orientation.Apply(image) : image;
    }

    private static void ReadPass(PngFile png, PngPass pass, Stream data, byte[] pixels)
    {
        var header = png.Header;
        var width = pass.Width(header);
        var step = Math.Max(header.BitsPerPixel / 8, 1);

        // The filter's number comes first, so the row itself starts at 1.
        var row = new byte[1 + header.RowLength(width)];
        var above = new byte[row.Length];
        var rgb = new byte[3 * width];
        for (var y = 0; y < pass.Height(header); y++)
        {
            data.ReadExactly(row);
            PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), step);

            var output = pixels.AsSpan(3 * header.Width * (pass.OriginY + y * pass.StepY), 3 * header.Width);
            if (pass.StepX == 1)
            {
                PngPixels.ToRgb(png, row.AsSpan(1), output);
            }
            else
            {
                PngPixels.ToRgb(png, row.AsSpan(1), rgb);
                for (var x = 0; x < width; x++)
                {
                    rgb.AsSpan(3 * x, 3).CopyTo(output[(3 * (pass.OriginX + x * pass.StepX))..]);
                }
            }

            (row, above) = (above, row);
        }
    }
}
