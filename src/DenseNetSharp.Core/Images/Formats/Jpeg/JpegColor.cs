namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>What a JPEG's components are.</summary>
internal enum JpegColorSpace
{
    Gray,
    Rgb,
    YCbCr,
    Cmyk,

    /// <summary>Cyan, magenta and yellow as the complement of YCbCr, and black.</summary>
    Ycck,
}

/// <summary>Turns a row of components into RGB.</summary>
internal static class JpegColor
{
    /// <summary>What a file's components are, as libjpeg finds it out.</summary>
    public static JpegColorSpace SpaceOf(JpegSegments segments)
    {
        var components = segments.Frame!.Components;
        switch (components.Length)
        {
            case 1:
                return JpegColorSpace.Gray;
            case 4:
                return segments.AdobeTransform is null or 0 ? JpegColorSpace.Cmyk : JpegColorSpace.Ycck;
            default:
                var isNamedRgb = components[0].Id == 'R' && components[1].Id == 'G' && components[2].Id == 'B';
                var isRgb = !segments.HasJfif && (segments.AdobeTransform is { } transform ? transform == 0 : isNamedRgb);
                return isRgb ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
        }
    }

    /// <summary>Converts a row.</summary>
    /// <param name="space">What the components are.</param>
    /// <param name="first">Their samples, each with <see cref="SampleBand.Margin"/> bytes more than the row has pixels.</param>
    /// <param name="second">The second component's; of a gray picture any.</param>
    /// <param name="third">The third component's.</param>
    /// <param name="fourth">The fourth component's; of a picture of three any.</param>
    /// <param name="rgb">Receives the pixels.</param>
    public static void ToRgb(
        JpegColorSpace space, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth, Span<byte> rgb)
    {
        switch (space)
        {
            case JpegColorSpace.Gray:
                RgbRows.Interleave(first, first, first, rgb);
                break;
            case JpegColorSpace.Rgb:
                RgbRows.Interleave(first, second, third, rgb);
                break;
            case JpegColorSpace.YCbCr:
                RgbRows.FromYCbCr(first, second, third, rgb);
                break;
            case JpegColorSpace.Cmyk:
                // 255 stands for no ink, as Adobe writes it and Pillow assumes.
                RgbRows.Interleave(first, second, third, rgb);
                foreach (ref var value in rgb)
                {
                    value = (byte)(255 - value);
                }

                PrintInk(fourth, rgb);
                break;
            case JpegColorSpace.Ycck:
                RgbRows.FromYCbCr(first, second, third, rgb);
                PrintInk(fourth, rgb);
                break;
        }
    }

    /// <summary>Mixes inks as Pillow does, without a color profile.</summary>
    /// <param name="white">255 where there is no black.</param>
    /// <param name="rgb">Cyan, magenta and yellow; receives the pixels.</param>
    private static void PrintInk(ReadOnlySpan<byte> white, Span<byte> rgb)
    {
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = CmykInk.Over(rgb[i], white[i / 3]);
        }
    }
}
