using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Bmp;

/// <summary>How a bitmap's pixels are packed (biCompression).</summary>
internal enum BmpCompression : uint
{
    None = 0,
    RunLengths8 = 1,
    RunLengths4 = 2,
    BitFields = 3,
    Jpeg = 4,
    Png = 5,
}

/// <summary>A bitmap's headers, checked, and what they say about its pixels.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="TopDown">Whether the first row is the upper one; mostly it is the lower one.</param>
/// <param name="Compression">How the pixels are packed.</param>
/// <param name="Stride">From one row that is not compressed to the next, in bytes.</param>
/// <param name="DataOffset">Where the pixels start.</param>
/// <param name="Layout">What a row consists of.</param>
internal sealed record BmpHeader(
    int Width, int Height, bool TopDown, BmpCompression Compression, long Stride, long DataOffset, BmpLayout Layout)
{
    private const int FileHeaderLength = 14, CoreHeaderLength = 12, InfoHeaderLength = 40, MasksLength = 12;

    public static ReadOnlySpan<byte> Signature => "BM"u8;

    public bool HasRunLengths => IsRunLengths((uint)Compression);

    /// <summary>Whether these are the first bytes of a bitmap that has no file header, as .dib files may be.</summary>
    public static bool IsBare(ReadOnlySpan<byte> file) =>
        file.Length >= CoreHeaderLength && IsKnown(BinaryPrimitives.ReadUInt32LittleEndian(file));

    public static BmpHeader Parse(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var start = file.StartsWith(Signature) ? FileHeaderLength : 0;
        var header = Header(file, start);
        var isCore = header.Length == CoreHeaderLength;
        long width, height;
        var topDown = false;
        int bits;
        uint compression = 0, colors = 0;
        if (isCore)
        {
            width = UInt16(header, 4);
            height = UInt16(header, 6);
            bits = UInt16(header, 10);
        }
        else
        {
            width = UInt32(header, 4);
            height = UInt32(header, 8);

            // Pillow takes a height for negative by its upper byte alone; any other that is would be too large anyway.
            topDown = header[11] == 0xFF;
            height = topDown ? (1L << 32) - height : height;
            bits = UInt16(header, 14);
            compression = UInt32(header, 16);
            colors = UInt32(header, 32);
        }

        options.CheckSize(width, height);
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw new ImageFormatException($"it is a bitmap of {bits} bits a pixel, which is not read; save it as a PNG");
        }

        // What follows the headers: masks in the oldest that know them, then a palette, then the pixels unless said otherwise.
        var next = (long)start + header.Length;
        var masksFollow = compression == (uint)BmpCompression.BitFields && header.Length < InfoHeaderLength + MasksLength;
        if (masksFollow && next + MasksLength > file.Length)
        {
            throw new ImageFormatException("it is truncated inside its headers");
        }

        var masks = compression != (uint)BmpCompression.BitFields ? default
            : masksFollow ? file.Slice((int)next, MasksLength)
            : header.Slice(InfoHeaderLength, MasksLength + 4);
        next += masksFollow ? MasksLength : 0;
        var offset = start == 0 ? 0 : UInt32(file, 10);
        var count = colors != 0 ? colors : 1L << bits;
        if (offset == start + header.Length && bits <= 8)
        {
            offset = (uint)Math.Min(offset + 4 * count, uint.MaxValue);
        }

        BmpLayout layout;
        if (bits <= 8)
        {
            var entryLength = isCore ? 3 : 4;
            var palette = BmpPalette.Read(file, next, count, entryLength, bits);
            next = Math.Min(next + count * entryLength, file.Length);
            layout = new BmpLayout.Indexed(palette, IsRunLengths(compression) ? 8 : palette.Bits);
        }
        else
        {
            layout = BmpLayout.Direct(bits, masks);
        }

        var parsed = new BmpHeader(
            (int)width, (int)height, topDown, (BmpCompression)compression, (width * bits + 31) / 8 & ~3L, offset == 0 ? next : offset, layout);
        parsed.RequireReadable(bits);
        return parsed;
    }

    private void RequireReadable(int bits)
    {
        // Where a palette is gray Pillow takes every index for a byte, and then rows of fewer bits are too short.
        if (Compression == BmpCompression.None && Layout.RowLength(Width) > Stride)
        {
            throw new ImageFormatException($"its palette's grays do not go with {bits} bits a pixel");
        }

        var known = Compression switch
        {
            BmpCompression.None => true,
            BmpCompression.BitFields => bits > 8,
            BmpCompression.RunLengths8 or BmpCompression.RunLengths4 => Layout is BmpLayout.Indexed { Palette.IsBlackAndWhite: false },
            _ => false,
        };
        if (!known)
        {
            throw new ImageFormatException($"it is a bitmap of {bits} bits a pixel with compression {Compression}, which is not read; save it as a PNG");
        }
    }

    private static bool IsRunLengths(uint compression) => (BmpCompression)compression is BmpCompression.RunLengths8 or BmpCompression.RunLengths4;

    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> file, int start)
    {
        if (file.Length < start + 4)
        {
            throw new ImageFormatException("it is truncated inside its headers");
        }

        var length = UInt32(file, start);
        if (!IsKnown(length))
        {
            throw new ImageFormatException($"it is a bitmap with a header of {length} bytes, which is not read; save it as a PNG");
        }

        return start + length <= file.Length
            ? file.Slice(start, (int)length)
            : throw new ImageFormatException("it is truncated inside its headers");
    }

    private static bool IsKnown(uint headerLength) => headerLength is CoreHeaderLength or InfoHeaderLength or 64 or 108 or 124;

    private static ushort UInt16(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(data[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data[offset..]);
}
