using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Gif;

/// <summary>A GIF's first frame and the screen that it lies on.</summary>
/// <param name="ScreenWidth">The image's width; enlarged where the frame does not fit.</param>
/// <param name="ScreenHeight">The image's height, likewise.</param>
/// <param name="Left">The frame's first column on the screen.</param>
/// <param name="Top">The frame's first row on the screen.</param>
/// <param name="Width">The frame's width.</param>
/// <param name="Height">The frame's height.</param>
/// <param name="Interlaced">Whether its rows come in four passes.</param>
/// <param name="Palette">256 RGB triples.</param>
/// <param name="Background">The index of the color around the frame.</param>
/// <param name="CodeSize">Bits of an index.</param>
/// <param name="DataOffset">Where its data blocks start in the file.</param>
internal sealed record GifFrame(
    int ScreenWidth, int ScreenHeight, int Left, int Top, int Width, int Height,
    bool Interlaced, byte[] Palette, int Background, int CodeSize, int DataOffset)
{
    private const int ScreenLength = 13, DescriptorLength = 9, GraphicControlLength = 4;
    private const byte Extension = 0x21, Image = 0x2C, Trailer = 0x3B, GraphicControl = 0xF9;

    /// <exception cref="ImageFormatException">There is none, it is cut, or it is beyond the limits.</exception>
    public static GifFrame ReadFirst(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var place = 0;
        var screen = Take(file, ref place, ScreenLength);
        var globalPalette = ReadPalette(file, ref place, screen[10]);
        var transparent = 0;
        while (true)
        {
            switch (Take(file, ref place, 1)[0])
            {
                case Extension:
                    ReadExtension(file, ref place, ref transparent);
                    break;
                case Image:
                    return Read(file, place, screen, globalPalette, transparent, options);
                case Trailer:
                    throw new ImageFormatException("it has no frame");
                default:
                    // Pillow passes over what is between blocks.
                    break;
            }
        }
    }

    private static GifFrame Read(
        ReadOnlySpan<byte> file, int place, ReadOnlySpan<byte> screen, byte[]? globalPalette, int transparent, ImageDecodeOptions options)
    {
        var descriptor = Take(file, ref place, DescriptorLength);
        int left = UInt16(descriptor, 0), top = UInt16(descriptor, 2), width = UInt16(descriptor, 4), height = UInt16(descriptor, 6);
        int screenWidth = Math.Max(UInt16(screen, 6), left + width), screenHeight = Math.Max(UInt16(screen, 8), top + height);
        options.CheckSize(width, height);
        options.CheckSize(screenWidth, screenHeight);
        var palette = ReadPalette(file, ref place, descriptor[8]) ?? globalPalette ?? Grays();
        var codeSize = Take(file, ref place, 1)[0];
        return new GifFrame(
            screenWidth, screenHeight, left, top, width, height, (descriptor[8] & 0x40) != 0, palette, transparent, codeSize, place);
    }

    private static void ReadExtension(ReadOnlySpan<byte> file, ref int place, ref int transparent)
    {
        var kind = Take(file, ref place, 1)[0];
        var isFirst = true;
        for (int length; (length = Take(file, ref place, 1)[0]) > 0; isFirst = false)
        {
            var block = Take(file, ref place, length);
            if (kind == GraphicControl && isFirst && length >= GraphicControlLength && (block[0] & 1) != 0)
            {
                transparent = block[3];
            }
        }
    }

    /// <summary>The palette that the flags announce; null where they do not, or where it is every index's own gray, for which Pillow
    /// then takes the whole file's palette.</summary>
    private static byte[]? ReadPalette(ReadOnlySpan<byte> file, ref int place, byte flags)
    {
        if ((flags & 0x80) == 0)
        {
            return null;
        }

        // Indices beyond the palette are grays to Pillow.
        var palette = Grays();
        var defined = Take(file, ref place, 3 << ((flags & 7) + 1));
        var isNeeded = !defined.SequenceEqual(palette.AsSpan(0, defined.Length));
        defined.CopyTo(palette);
        return isNeeded ? palette : null;
    }

    private static byte[] Grays()
    {
        var palette = new byte[3 * 256];
        for (var i = 0; i < palette.Length; i++)
        {
            palette[i] = (byte)(i / 3);
        }

        return palette;
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> file, ref int place, int length)
    {
        if (length > file.Length - place)
        {
            throw new ImageFormatException("it is truncated before its first frame");
        }

        place += length;
        return file.Slice(place - length, length);
    }

    private static int UInt16(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(data[offset..]);
}
