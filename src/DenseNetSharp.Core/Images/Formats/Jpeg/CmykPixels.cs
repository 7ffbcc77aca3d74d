namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Converts the four channels of a printer's JPEG as Pillow does, without a color profile.</summary>
internal static class CmykPixels
{
    /// <summary>Converts whole images.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="inverted">Cyan, magenta, yellow, black, 255 for no ink: how Adobe writes them and Pillow assumes them.</param>
    public static RgbImage ToRgb(int width, int height, ReadOnlySpan<byte> inverted)
    {
        var rgb = new byte[3 * width * height];
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
        {
            int white = inverted[from + 3];
            for (var channel = 0; channel < 3; channel++)
            {
                var ink = 255 - inverted[from + channel];
                rgb[to + channel] = (byte)Math.Clamp(white - DivideBy255(ink * white), 0, 255);
            }
        }

        return new RgbImage(width, height, rgb);
    }

    // Pillow's MULDIV255: the rounded quotient without a division.
    private static int DivideBy255(int product) => (((product + 128) >> 8) + product + 128) >> 8;
}
