namespace DenseNetSharp.Images.Jpeg;

/// <summary>JPEG through libjpeg-turbo, the library that Pillow uses, with its settings, so with its pixels.</summary>
internal sealed class JpegDecoder : IImageDecoder
{
    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        JpegFrame frame = JpegFrame.Find(file);
        options.CheckSize(frame.Width, frame.Height);
        CheckDataLength(frame, file.Length);
        return frame.Components == 4
            ? CmykPixels.ToRgb(frame.Width, frame.Height, Decompress(file, frame, TurboJpeg.PixelFormat.Cmyk, 4))
            : new RgbImage(frame.Width, frame.Height, Decompress(file, frame, TurboJpeg.PixelFormat.Rgb, 3));
    }

    /// <summary>A few hostile bytes can claim any size: memory is taken only for pixels that the data can hold.</summary>
    private static void CheckDataLength(JpegFrame frame, int fileLength)
    {
        // Huffman codes take at least one bit for each 8x8 block, and the least sampled frame has one block for 16.
        const int blockSide = 8, blocksPerBit = 16;
        long blocks = (long)(frame.Width / blockSide) * (frame.Height / blockSide);
        if (!frame.ArithmeticCoding && blocks / blocksPerBit > 8L * fileLength)
        {
            throw new ImageFormatException($"its {fileLength} bytes cannot hold {frame.Width}x{frame.Height} pixels");
        }
    }

    private static byte[] Decompress(ReadOnlySpan<byte> file, JpegFrame frame, TurboJpeg.PixelFormat format, int channels)
    {
        long length = (long)frame.Width * frame.Height * channels;
        if (length > Array.MaxLength)
        {
            throw new ImageFormatException($"its {frame.Width}x{frame.Height} pixels do not fit in one array");
        }
        var pixels = new byte[length];
        (TurboJpeg.Outcome outcome, string? message) =
            TurboJpeg.Decompress(file, pixels, frame.Width, frame.Height, format);
        if (outcome == TurboJpeg.Outcome.Failure)
        {
            throw new ImageFormatException($"libjpeg-turbo cannot decode it ({message})");
        }
        if (outcome == TurboJpeg.Outcome.Warning && EndsTooEarly(file, frame, format, pixels))
        {
            throw new ImageFormatException("it is truncated: the file ends before the picture does");
        }
        return pixels;
    }

    /// <summary>
    /// Whether the decoder, which had something to complain about, ran out of data. Pillow shrugs at damaged data but
    /// refuses a truncated file, and the library reports only the first of its complaints.
    /// </summary>
    private static bool EndsTooEarly(
        ReadOnlySpan<byte> file, JpegFrame frame, TurboJpeg.PixelFormat format, Span<byte> pixels)
    {
        // Past the end stand start-of-image markers, fatal to a decoder that gets there, and more of them than a segment
        // can skip. A file that is whole has its end-of-image marker before them.
        const int longestSegment = 2 + ushort.MaxValue;
        var extended = new byte[file.Length + 2 * longestSegment];
        file.CopyTo(extended);
        for (int i = file.Length; i < extended.Length; i += 2)
        {
            extended[i] = 0xFF;
            extended[i + 1] = 0xD8;
        }
        return TurboJpeg.Decompress(extended, pixels, frame.Width, frame.Height, format).Outcome == TurboJpeg.Outcome.Failure;
    }
}
