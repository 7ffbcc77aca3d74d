namespace DenseNetSharp.Images.Formats.WebP;

/// <summary>WebP through libwebp, the library that Pillow uses: lossy and lossless, alpha dropped, of an animation the first frame.</summary>
/// <param name="webP">The library, loaded when the first WebP comes.</param>
internal sealed class WebPDecoder(Lazy<LibWebP> webP) : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => WebPFile.IsWebP(header);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var parsed = WebPFile.Parse(file);
        options.CheckSize(parsed.Width, parsed.Height);

        // A frame may be smaller than its canvas, which is transparent black, so black, elsewhere.
        var canvas = new RgbImage(parsed.Width, parsed.Height, new byte[3 * parsed.Width * parsed.Height]);
        var first = 3 * (parsed.FrameY * parsed.Width + parsed.FrameX);
        if (!webP.Value.TryDecode(parsed.Still(file), canvas.Pixels.AsSpan(first), stride: 3 * parsed.Width))
        {
            throw new ImageFormatException("libwebp cannot decode it: it is corrupt or truncated");
        }

        return options.ApplyExifOrientation ? parsed.Orientation(file).Apply(canvas) : canvas;
    }
}
