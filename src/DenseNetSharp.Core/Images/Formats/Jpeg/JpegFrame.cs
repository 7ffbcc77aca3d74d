using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>What a JPEG's frame header says (ITU T.81, B.2.2).</summary>
internal readonly record struct JpegFrame(int Width, int Height, int Components, bool ArithmeticCoding)
{
    private const byte StartOfFrame = 0xC0, HuffmanTables = 0xC4, Extension = 0xC8, ArithmeticConditioning = 0xCC;
    private const int ShortestHeader = 6;

    /// <summary>Finds and checks the frame header, which comes before the first scan.</summary>
    public static JpegFrame Find(ReadOnlySpan<byte> file)
    {
        var segments = new JpegSegmentReader(file);
        while (segments.Next())
        {
            var isFrame = (segments.Marker & 0xF0) == StartOfFrame
                && segments.Marker is not (HuffmanTables or Extension or ArithmeticConditioning);
            if (isFrame && segments.Data.Length >= ShortestHeader)
            {
                return Parse(segments.Marker, segments.Data);
            }
        }

        throw new ImageFormatException("it is truncated before, or has no, JPEG frame header");
    }

    /// <summary>
    /// The frame at 1/2, 1/4 or 1/8 of its size if its sides stay at least so long, chosen as Pillow's <c>Image.draft</c> does.
    /// </summary>
    public JpegFrame Reduced(ImageSize atLeast)
    {
        // TurboJPEG is told the size, not the scale, and of scales with the same result it takes the largest; below 8
        // pixels that may be another one.
        var scale = Math.Min(Width / atLeast.Width, Height / atLeast.Height);
        var divisor = Math.Max(Width, Height) < 8 ? 1 : scale >= 8 ? 8 : scale >= 4 ? 4 : scale >= 2 ? 2 : 1;
        return this with { Width = (Width + divisor - 1) / divisor, Height = (Height + divisor - 1) / divisor };
    }

    private static JpegFrame Parse(byte marker, ReadOnlySpan<byte> header)
    {
        var process = marker - StartOfFrame;
        int precision = header[0];
        int components = header[5];
        if (process is not (0 or 1 or 2 or 9 or 10))
        {
            throw new ImageFormatException($"it uses JPEG process {process} (lossless or hierarchical), which is not supported");
        }

        if (precision != 8)
        {
            throw new ImageFormatException($"it is a JPEG of {precision} bits a sample; only 8 are supported");
        }

        if (components is not (1 or 3 or 4))
        {
            throw new ImageFormatException($"it is a JPEG of {components} components; only 1, 3 and 4 are supported");
        }

        return new JpegFrame(
            Width: BinaryPrimitives.ReadUInt16BigEndian(header[3..]),
            Height: BinaryPrimitives.ReadUInt16BigEndian(header[1..]),
            components,
            ArithmeticCoding: process >= 9);
    }
}
