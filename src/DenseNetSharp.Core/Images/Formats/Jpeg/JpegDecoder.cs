namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>JPEG in managed code: sequential and progressive, 8 bits a sample, with the pixels of libjpeg-turbo as Pillow uses it.</summary>
/// <remarks>With AVX2 this is about as fast as libjpeg-turbo, which is therefore not looked for.</remarks>
internal sealed class JpegDecoder : IRentingDecoder
{
    private const int StartOfImageLength = 2;

    public bool CanDecode(ReadOnlySpan<byte> header) => header.StartsWith((ReadOnlySpan<byte>)[0xFF, JpegMarker.StartOfImage, 0xFF]);

    public RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options) => Decode(file, options, RgbImage.Create);

    public unsafe RgbImage Decode(ReadOnlySpan<byte> file, ImageDecodeOptions options, Func<int, int, RgbImage> newImage)
    {
        fixed (byte* start = file)
        {
            return Decode(new JpegInput(start, file.Length) { Position = StartOfImageLength }, options, newImage);
        }
    }

    private static RgbImage Decode(JpegInput input, ImageDecodeOptions options, Func<int, int, RgbImage> newImage)
    {
        var segments = new JpegSegments(input);
        var scan = segments.Next();
        if (segments.Frame is not { } frame || scan is null)
        {
            throw new ImageFormatException("it ends before its first scan");
        }

        options.CheckSize(frame.Width, frame.Height);
        CheckDataLength(frame, input.Length);

        var orientation = options.ApplyExifOrientation ? segments.Orientation : Transposition.None;
        if (options.AtLeast is { } size)
        {
            frame.Reduce(orientation.SwapsSides() ? new ImageSize(size.Width, size.Height) : size);
        }

        using var picture = new JpegPicture(frame, JpegColor.SpaceOf(segments), newImage);
        if (frame.IsProgressive || scan.Components.Length < frame.Components.Length)
        {
            new JpegScans(input, segments).Decode(scan, picture);
        }
        else
        {
            SingleScan.Decode(input, segments, scan, picture);
        }

        return orientation.Apply(picture.Image);
    }

    /// <summary>A few hostile bytes can claim any size: memory is taken only for pixels that the data can hold.</summary>
    private static void CheckDataLength(JpegFrame frame, int fileLength)
    {
        // Huffman codes take at least one bit for each 8x8 block, and the least sampled frame has one block for 16.
        const int blocksPerBit = 16;
        var blocks = (long)(frame.Width / JpegBlock.Side) * (frame.Height / JpegBlock.Side);
        if (!frame.IsArithmetic && blocks / blocksPerBit > 8L * fileLength)
        {
            throw new ImageFormatException($"its {fileLength} bytes cannot hold {frame.Width}x{frame.Height} pixels");
        }
    }
}
