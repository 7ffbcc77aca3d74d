using System.Buffers.Binary;
using DenseNetSharp.Images.Formats.Exif;

namespace DenseNetSharp.Images.Formats.WebP;

/// <summary>The parts of a WebP container (RFC 9649) that matter before its pixels are decoded.</summary>
/// <param name="Width">The canvas's width in pixels.</param>
/// <param name="Height">The canvas's height in pixels.</param>
/// <param name="FrameX">Where the first frame lies on the canvas.</param>
/// <param name="FrameY">Where the first frame lies on the canvas.</param>
/// <param name="Frame">Of an animation, the first frame's image data, a chunk with its header; else empty.</param>
/// <param name="Exif">The EXIF chunk's data; empty where there is none.</param>
/// <param name="End">Where the file ends, as its header says; what lies behind does not count.</param>
internal readonly record struct WebPFile(int Width, int Height, int FrameX, int FrameY, Range Frame, Range Exif, int End)
{
    private const int FileHeaderLength = 12, ChunkHeaderLength = 8, FrameHeaderLength = 16, CanvasLength = 10;

    private const byte AnimationFlag = 0x02;

    public static bool IsWebP(ReadOnlySpan<byte> header) =>
        header.Length >= FileHeaderLength && header.StartsWith("RIFF"u8) && header[8..].StartsWith("WEBP"u8);

    /// <summary>Reads the headers.</summary>
    /// <exception cref="ImageFormatException">They are damaged, or the file ends among them.</exception>
    public static WebPFile Parse(ReadOnlySpan<byte> file)
    {
        var end = ChunkHeaderLength + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (end > file.Length)
        {
            throw new ImageFormatException($"the file is truncated: it has {file.Length} of {end} bytes");
        }

        file = file[..(int)end];
        var first = ChunkAt(file, FileHeaderLength);
        var data = file[first.Data];
        if (!first.Is(file, "VP8X"u8))
        {
            var size = SizeOfImage(file, first);
            return new WebPFile(size.Width, size.Height, 0, 0, default, default, file.Length);
        }

        if (data.Length < CanvasLength)
        {
            throw new ImageFormatException("its VP8X chunk is too short");
        }

        var canvas = new ImageSize(Height: 1 + ReadUInt24(data[7..]), Width: 1 + ReadUInt24(data[4..]));
        var isAnimated = (data[0] & AnimationFlag) != 0;
        var result = new WebPFile(canvas.Width, canvas.Height, 0, 0, default, default, file.Length);
        var foundFrame = false;
        for (var at = first.End; at + ChunkHeaderLength <= file.Length;)
        {
            var chunk = ChunkAt(file, at);
            if (chunk.Is(file, "EXIF"u8))
            {
                result = result with { Exif = chunk.Data };
            }
            else if (isAnimated && !foundFrame && chunk.Is(file, "ANMF"u8))
            {
                result = ParseFrame(file, chunk, canvas) with { Exif = result.Exif };
                foundFrame = true;
            }

            at = chunk.End;
        }

        return !isAnimated || foundFrame ? result : throw new ImageFormatException("it is an animation without frames");
    }

    /// <summary>A file with one still image: this one, or one made of an animation's first frame.</summary>
    public ReadOnlySpan<byte> Still(ReadOnlySpan<byte> file)
    {
        if (Frame.Equals(default))
        {
            return file[..End];
        }

        var frame = file[Frame];
        var still = new byte[FileHeaderLength + frame.Length];
        "RIFF"u8.CopyTo(still);
        BinaryPrimitives.WriteInt32LittleEndian(still.AsSpan(4), still.Length - ChunkHeaderLength);
        "WEBP"u8.CopyTo(still.AsSpan(8));
        frame.CopyTo(still.AsSpan(FileHeaderLength));
        return still;
    }

    public Transposition Orientation(ReadOnlySpan<byte> file) => ExifOrientation.Read(file[Exif]);

    /// <summary>Finds the image in an animation's frame. Its alpha lies in a chunk of its own, or is dropped later.</summary>
    private static WebPFile ParseFrame(ReadOnlySpan<byte> file, Chunk frame, ImageSize canvas)
    {
        var (start, length) = frame.Data.GetOffsetAndLength(file.Length);
        if (length < FrameHeaderLength)
        {
            throw new ImageFormatException("its first frame is too short");
        }

        var header = file[frame.Data];
        int x = 2 * ReadUInt24(header), y = 2 * ReadUInt24(header[3..]);
        int width = 1 + ReadUInt24(header[6..]), height = 1 + ReadUInt24(header[9..]);
        if ((long)x + width > canvas.Width || (long)y + height > canvas.Height)
        {
            throw new ImageFormatException($"its first frame does not lie inside its {canvas.Width}x{canvas.Height} pixels");
        }

        for (var at = start + FrameHeaderLength; at + ChunkHeaderLength <= start + length;)
        {
            var chunk = ChunkAt(file[..(start + length)], at);
            if (chunk.Is(file, "VP8 "u8) || chunk.Is(file, "VP8L"u8))
            {
                var size = SizeOfImage(file, chunk);
                if ((size.Width, size.Height) != (width, height))
                {
                    throw new ImageFormatException($"its first frame is {size.Width}x{size.Height} pixels in place of {width}x{height}");
                }

                return new WebPFile(canvas.Width, canvas.Height, x, y, at..Math.Min(chunk.End, start + length), default, file.Length);
            }

            at = chunk.End;
        }

        throw new ImageFormatException("its first frame has no image");
    }

    /// <summary>The size that a VP8 or VP8L chunk's own header says.</summary>
    private static ImageSize SizeOfImage(ReadOnlySpan<byte> file, Chunk chunk)
    {
        var data = file[chunk.Data];
        if (chunk.Is(file, "VP8 "u8) && data.Length >= 10 && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
        {
            const int sizeBits = 0x3FFF;
            return new ImageSize(
                Height: BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & sizeBits,
                Width: BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & sizeBits);
        }

        if (chunk.Is(file, "VP8L"u8) && data.Length >= 5 && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return new ImageSize(Height: 1 + (int)(bits >> 14 & 0x3FFF), Width: 1 + (int)(bits & 0x3FFF));
        }

        throw new ImageFormatException("it is a WebP whose image has no valid header");
    }

    private static Chunk ChunkAt(ReadOnlySpan<byte> file, int at)
    {
        if (at + ChunkHeaderLength > file.Length)
        {
            throw new ImageFormatException("the file is truncated before its image");
        }

        long length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
        var start = at + ChunkHeaderLength;
        if (start + length > file.Length)
        {
            throw new ImageFormatException("the file is truncated inside a chunk");
        }
        // Chunks begin at even places.
        return new Chunk(at, start..(start + (int)length), End: (int)Math.Min(start + length + (length & 1), file.Length));
    }

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    /// <summary>A chunk of the file: four letters at <paramref name="Start"/>, a length, the data.</summary>
    private readonly record struct Chunk(int Start, Range Data, int End)
    {
        public bool Is(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type) => file[Start..].StartsWith(type);
    }
}
