namespace DenseNetSharp.Images.Formats.Gif;

/// <summary>GIF: of an animation the first frame, on its screen. Transparency is dropped, as Pillow's <c>convert("RGB")</c> drops it.</summary>
internal sealed class GifDecoder : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith("GIF87a"u8) || header.StartsWith("GIF89a"u8);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var frame = GifFrame.ReadFirst(file, options);
        var indices = GifLzw.Decode(file[frame.DataOffset..], frame.CodeSize, frame.Width, frame.Height);
        var pixels = new byte[3 * frame.ScreenWidth * frame.ScreenHeight];

        // Around a frame that is smaller than its screen there is its transparent color, or else the first one.
        if (frame.Width != frame.ScreenWidth || frame.Height != frame.ScreenHeight)
        {
            for (var i = 0; i < pixels.Length; i += 3)
            {
                frame.Palette.AsSpan(3 * frame.Background, 3).CopyTo(pixels.AsSpan(i));
            }
        }

        var rows = Rows(frame).GetEnumerator();
        for (var from = 0; rows.MoveNext(); from += frame.Width)
        {
            var output = pixels.AsSpan(3 * ((frame.Top + rows.Current) * frame.ScreenWidth + frame.Left), 3 * frame.Width);
            for (var x = 0; x < frame.Width; x++)
            {
                frame.Palette.AsSpan(3 * indices[from + x], 3).CopyTo(output[(3 * x)..]);
            }
        }

        return new RgbImage(frame.ScreenWidth, frame.ScreenHeight, pixels);
    }

    /// <summary>The rows in the order in which they are stored: interlaced ones in four passes (GIF89a, appendix E).</summary>
    private static IEnumerable<int> Rows(GifFrame frame)
    {
        (int First, int Step)[] passes = frame.Interlaced ? [(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)];
        foreach (var (first, step) in passes)
        {
            for (var y = first; y < frame.Height; y += step)
            {
                yield return y;
            }
        }
    }
}
