using DenseNetSharp.Images.Formats.Exif;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>JPEG through libjpeg-turbo, the library that Pillow uses, with its settings, so with its pixels.</summary>
/// <param name="turbo">The library, loaded when the first JPEG comes.</param>
internal sealed class JpegDecoder(Lazy<TurboJpeg> turbo) : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var frame = JpegFrame.Find(file);
        options.CheckSize(frame.Width, frame.Height);
        CheckDataLength(frame, file.Length);

        var orientation = options.ApplyExifOrientation ? FindOrientation(file) : Transposition.None;
        if (options.AtLeast is { } size)
        {
            frame = frame.Reduced(orientation.SwapsSides() ? new ImageSize(size.Width, size.Height) : size);
        }

        return orientation.Apply(frame.Components == 4
            ? CmykPixels.ToRgb(frame.Width, frame.Height, Decompress(file, frame, TurboJpeg.PixelFormat.Cmyk, 4))
            : new RgbImage(frame.Width, frame.Height, Decompress(file, frame, TurboJpeg.PixelFormat.Rgb, 3)));
    }

    private static Transposition FindOrientation(ReadOnlySpan<byte> file)
    {
        const byte application1 = 0xE1;
        var segments = new JpegSegmentReader(file);
        while (segments.Next())
        {
            // Of several, Pillow believes the first.
            if (segments.Marker == application1 && segments.Data.StartsWith("Exif\0"u8))
            {
                return ExifOrientation.Read(segments.Data);
            }
        }

        return Transposition.None;
    }

    /// <summary>A few hostile bytes can claim any size: memory is taken only for pixels that the data can hold.</summary>
    private static void CheckDataLength(JpegFrame frame, int fileLength)
    {
        // Huffman codes take at least one bit for each 8x8 block, and the least sampled frame has one block for 16.
        const int blockSide = 8, blocksPerBit = 16;
        var blocks = (long)(frame.Width / blockSide) * (frame.Height / blockSide);
        if (!frame.ArithmeticCoding && blocks / blocksPerBit > 8L * fileLength)
        {
            throw new ImageFormatException($"its {fileLength} bytes cannot hold {frame.Width}x{frame.Height} pixels");
        }
    }

    private byte[] Decompress(ReadOnlySpan<byte> file, JpegFrame frame, TurboJpeg.PixelFormat format, int channels)
    {
        var length = (long)frame.Width * frame.Height * channels;
        if (length > Array.MaxLength)
        {
            throw new ImageFormatException($"its {frame.Width}x{frame.Height} pixels do not fit in one array");
        }

        var pixels = new byte[length];
        if (turbo.Value.Decompress(file, pixels, frame.Width, frame.Height, format, stopOnWarning: true) is { } complaint
            && (complaint.IsFatal || !DecodesInSpite(file, pixels, frame, format)))
        {
            throw new ImageFormatException($"libjpeg-turbo cannot decode it ({complaint.Message})");
        }

        return pixels;
    }

    /// <summary>
    /// Decodes on over damage, as Pillow does, and says whether the file goes on to the picture's end: one that ends too
    /// early is refused there too.
    /// </summary>
    private bool DecodesInSpite(ReadOnlySpan<byte> file, Span<byte> pixels, JpegFrame frame, TurboJpeg.PixelFormat format)
    {
        // Past the end stand start-of-image markers, fatal to a decoder that gets there, and more of them than a segment
        // can skip; a whole file has its end-of-image marker before them.
        const int longestSegment = 2 + ushort.MaxValue;
        var extended = new byte[file.Length + 2 * longestSegment];
        file.CopyTo(extended);
        for (var i = file.Length; i < extended.Length; i += 2)
        {
            extended[i] = 0xFF;
            extended[i + 1] = 0xD8;
        }

        var warning = Decode(extended, pixels, stopOnWarning: true);
        if (warning is null or { IsFatal: true })
        {
            return warning is null;
        }
        // An error's message takes the first warning's place, and the library's error code tells of the warning alone.
        return Decode(extended, pixels, stopOnWarning: false)?.Message == warning.Value.Message;

        (string Message, bool IsFatal)? Decode(ReadOnlySpan<byte> bytes, Span<byte> into, bool stopOnWarning) =>
            turbo.Value.Decompress(bytes, into, frame.Width, frame.Height, format, stopOnWarning);
    }
}
