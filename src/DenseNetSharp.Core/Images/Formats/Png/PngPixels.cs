namespace DenseNetSharp.Images.Formats.Png;

/// <summary>Turns a PNG row of any kind into 8-bit RGB, as Pillow's reader followed by <c>convert("RGB")</c> does.</summary>
internal static class PngPixels
{
    /// <summary>Converts one row.</summary>
    /// <param name="file">Says what the row is made of.</param>
    /// <param name="row">The row's bytes, unfiltered.</param>
    /// <param name="rgb">Receives three bytes a pixel; its length says how many pixels.</param>
    public static void ToRgb(PngFile file, ReadOnlySpan<byte> row, Span<byte> rgb)
    {
        var depth = file.Header.BitDepth;
        var bytes = depth / 8;
        switch (file.Header.ColorType)
        {
            case PngColorType.Rgb when depth == 8:
                row[..rgb.Length].CopyTo(rgb);
                break;
            case PngColorType.Rgb:
            case PngColorType.RgbAlpha:
                // Of 16 bits Pillow keeps the upper 8, which come first. Alpha is dropped.
                HighBytes(row, bytes, file.Header.BitsPerPixel / 8, rgb);
                break;
            case PngColorType.GrayAlpha:
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    rgb.Slice(3 * x, 3).Fill(row[x * 2 * bytes]);
                }

                break;
            case PngColorType.Gray when depth == 16:
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    rgb.Slice(3 * x, 3).Fill(file.DeepGray.ToByte(row[2 * x] << 8 | row[2 * x + 1]));
                }

                break;
            case PngColorType.Gray:
                var scale = 255 / ((1 << depth) - 1);
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    rgb.Slice(3 * x, 3).Fill((byte)(Sample(row, x, depth) * scale));
                }

                break;
            case PngColorType.Palette:
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    file.Palette.AsSpan(3 * Sample(row, x, depth), 3).CopyTo(rgb[(3 * x)..]);
                }

                break;
        }
    }

    private static void HighBytes(ReadOnlySpan<byte> row, int sampleLength, int pixelLength, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += pixelLength, to += 3)
        {
            rgb[to] = row[from];
            rgb[to + 1] = row[from + sampleLength];
            rgb[to + 2] = row[from + 2 * sampleLength];
        }
    }

    private static int Sample(ReadOnlySpan<byte> row, int x, int depth)
    {
        var bit = x * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
}
