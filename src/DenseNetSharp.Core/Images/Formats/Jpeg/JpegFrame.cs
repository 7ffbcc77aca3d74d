using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>What a JPEG's frame header says (ITU T.81, B.2.2).</summary>
internal sealed record JpegFrame(int Width, int Height, bool IsProgressive, bool IsArithmetic, JpegComponent[] Components)
{
    private const int FixedLength = 6, ComponentLength = 3, MaxSampling = 4, MaxSide = 65500;

    /// <summary>The most samples across that any component has in an MCU.</summary>
    public int MaxHorizontal { get; } = Components.Max(component => component.Horizontal);

    /// <summary>The most samples down.</summary>
    public int MaxVertical { get; } = Components.Max(component => component.Vertical);

    /// <summary>How many rows of MCUs there are in an interleaved scan, which is how the picture is decoded.</summary>
    public int McuRows => DivideUp(Height, JpegBlock.Side * MaxVertical);

    /// <summary>How many MCUs there are in such a row.</summary>
    public int McusPerRow => DivideUp(Width, JpegBlock.Side * MaxHorizontal);

    /// <summary>The samples a side that a block of the least sampled component becomes: 8, or less of a reduced picture.</summary>
    public int BlockSize { get; private set; } = JpegBlock.Side;

    /// <summary>The width that is decoded.</summary>
    public int OutputWidth => DivideUp(Width * BlockSize, JpegBlock.Side);

    /// <summary>The height that is decoded.</summary>
    public int OutputHeight => DivideUp(Height * BlockSize, JpegBlock.Side);

    /// <summary>Reads a frame header.</summary>
    /// <param name="marker">Its marker.</param>
    /// <param name="header">What follows its length.</param>
    public static JpegFrame Parse(byte marker, ReadOnlySpan<byte> header)
    {
        var process = marker - JpegMarker.StartOfFrame;
        if (process is not (0 or 1 or 2 or 9 or 10))
        {
            throw new ImageFormatException($"it uses JPEG process {process} (lossless or hierarchical), which is not supported");
        }

        if (header.Length < FixedLength)
        {
            throw new ImageFormatException("its JPEG frame header is too short");
        }

        int precision = header[0];
        int components = header[5];
        if (precision != 8)
        {
            throw new ImageFormatException($"it is a JPEG of {precision} bits a sample; only 8 are supported");
        }

        if (components is not (1 or 3 or 4))
        {
            throw new ImageFormatException($"it is a JPEG of {components} components; only 1, 3 and 4 are supported");
        }

        if (header.Length != FixedLength + ComponentLength * components)
        {
            throw new ImageFormatException($"its JPEG frame header has {header.Length} bytes, which do not suit {components} components");
        }

        var frame = new JpegFrame(
            Width: BinaryPrimitives.ReadUInt16BigEndian(header[3..]),
            Height: BinaryPrimitives.ReadUInt16BigEndian(header[1..]),
            IsProgressive: process is 2 or 10,
            IsArithmetic: process >= 9,
            ParseComponents(header[FixedLength..]));
        if (frame.Width > MaxSide || frame.Height > MaxSide)
        {
            throw new ImageFormatException($"its header says {frame.Width}x{frame.Height} pixels; a JPEG may have {MaxSide} a side");
        }

        foreach (var component in frame.Components)
        {
            component.Measure(frame);
        }

        return frame;
    }

    /// <summary>
    /// Decodes the frame at 1/2, 1/4 or 1/8 of its size if its sides stay at least so long, chosen as Pillow's
    /// <c>Image.draft</c> does.
    /// </summary>
    public void Reduce(ImageSize atLeast)
    {
        var scale = Math.Min(Width / atLeast.Width, Height / atLeast.Height);
        BlockSize = JpegBlock.Side / (scale >= 8 ? 8 : scale >= 4 ? 4 : scale >= 2 ? 2 : 1);
        foreach (var component in Components)
        {
            component.Measure(this);
        }
    }

    /// <summary>A quotient, rounded up.</summary>
    public static int DivideUp(int dividend, int divisor) => (dividend + divisor - 1) / divisor;

    private static JpegComponent[] ParseComponents(ReadOnlySpan<byte> header)
    {
        var components = new JpegComponent[header.Length / ComponentLength];
        for (var i = 0; i < components.Length; i++)
        {
            var description = header.Slice(i * ComponentLength, ComponentLength);
            int horizontal = description[1] >> 4, vertical = description[1] & 15;
            if (horizontal is < 1 or > MaxSampling || vertical is < 1 or > MaxSampling)
            {
                throw new ImageFormatException($"component {i} of its JPEG frame has sampling factors {horizontal}x{vertical}; they go from 1 to 4");
            }

            components[i] = new JpegComponent(i, description[0], horizontal, vertical, description[2]);
        }

        return components;
    }
}
