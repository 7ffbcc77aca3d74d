using DenseNetSharp.Images;

namespace DenseNetSharp.Explanations;

/// <summary>Draws heat maps in the colours of matplotlib's <c>jet</c>, from blue to red, those of the literature.</summary>
internal static class HeatMapPicture
{
    // matplotlib's segments (_cm.py, _jet_data): where, and how much.
    private static readonly (double At, double Value)[] _red = [(0, 0), (0.35, 0), (0.66, 1), (0.89, 1), (1, 0.5)];
    private static readonly (double At, double Value)[] _green = [(0, 0), (0.125, 0), (0.375, 1), (0.64, 1), (0.91, 0), (1, 0)];
    private static readonly (double At, double Value)[] _blue = [(0, 0.5), (0.11, 1), (0.34, 1), (0.65, 0), (1, 0)];

    /// <summary>The colours of 0 to 255 255ths.</summary>
    private static readonly (byte Red, byte Green, byte Blue)[] _jet =
        [.. Enumerable.Range(0, 256).Select(i => (Of(_red, i / 255.0), Of(_green, i / 255.0), Of(_blue, i / 255.0)))];

    /// <summary>Lays values over an image; where there are none it stays as it is.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="values"><c>[height, width]</c>, from 0 to 1, NaN for none.</param>
    /// <param name="opacity">How much of a pixel's colour is the heat's, from 0 to 1.</param>
    public static RgbImage Over(RgbImage image, float[] values, double opacity)
    {
        var pixels = (byte[])image.Pixels.Clone();
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i]))
            {
                var (red, green, blue) = ColorOf(values[i]);
                Blend(ref pixels[3 * i], red, opacity);
                Blend(ref pixels[(3 * i) + 1], green, opacity);
                Blend(ref pixels[(3 * i) + 2], blue, opacity);
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    /// <summary>The values alone; black where there are none.</summary>
    public static RgbImage Alone(ImageSize size, float[] values) => Over(new RgbImage(size.Width, size.Height, new byte[3 * values.Length]), values, 1);

    private static (byte Red, byte Green, byte Blue) ColorOf(float value) => _jet[(int)Math.Round(Math.Clamp(value, 0, 1) * 255)];

    private static void Blend(ref byte pixel, byte heat, double opacity) => pixel = (byte)Math.Round((pixel * (1 - opacity)) + (heat * opacity));

    private static byte Of((double At, double Value)[] segments, double at)
    {
        var next = Math.Max(Array.FindIndex(segments, segment => segment.At >= at), 1);
        var ((start, from), (end, to)) = (segments[next - 1], segments[next]);
        return (byte)Math.Round(255 * (from + ((to - from) * (at - start) / (end - start))));
    }
}
