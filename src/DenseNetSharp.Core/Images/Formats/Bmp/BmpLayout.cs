using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Bmp;

/// <summary>What a bitmap's row consists of.</summary>
internal abstract class BmpLayout
{
    /// <summary>Bits a pixel takes.</summary>
    public abstract int Bits { get; }

    /// <summary>Bytes that so many pixels take, without what fills up the row.</summary>
    public long RowLength(int width) => ((long)width * Bits + 7) / 8;

    /// <summary>Converts one row; the output's length says how many pixels.</summary>
    public abstract void ToRgb(ReadOnlySpan<byte> row, Span<byte> rgb);

    /// <summary>The layout of 16, 24 or 32 bits; others, and masks that Pillow does not know, are refused.</summary>
    /// <param name="bits">Bits a pixel.</param>
    /// <param name="masks">Where red, green, blue and perhaps alpha lie; empty for where they usually do.</param>
    public static BmpLayout Direct(int bits, ReadOnlySpan<byte> masks)
    {
        if (masks.IsEmpty)
        {
            return bits == 16 ? new Packed(10, 31) : new Bytes(bits, 2, 1, 0);
        }

        var red = Mask(masks, 0);
        var green = Mask(masks, 1);
        var blue = Mask(masks, 2);
        var alpha = masks.Length > 12 ? Mask(masks, 3) : 0;
        return (bits, red, green, blue, alpha) switch
        {
            (16, 0xF800, 0x07E0, 0x001F, _) => new Packed(11, 63),
            (16, 0x7C00, 0x03E0, 0x001F, _) => new Packed(10, 31),
            (24, 0xFF0000, 0xFF00, 0xFF, _) => new Bytes(bits, 2, 1, 0),
            (32, 0xFF0000, 0xFF00, 0xFF, 0 or 0xFF000000) => new Bytes(bits, 2, 1, 0),
            (32, 0xFF000000, 0xFF0000, 0xFF00, 0 or 0xFF) => new Bytes(bits, 3, 2, 1),
            (32, 0xFF, 0xFF00, 0xFF0000, 0xFF000000) => new Bytes(bits, 0, 1, 2),
            (32, 0, 0, 0, 0) => new Bytes(bits, 2, 1, 0),
            _ => throw new ImageFormatException($"its {bits} bits a pixel have color masks {red:x}, {green:x}, {blue:x}, {alpha:x}, which are not read"),
        };
    }

    private static uint Mask(ReadOnlySpan<byte> masks, int index) => BinaryPrimitives.ReadUInt32LittleEndian(masks[(4 * index)..]);

    /// <summary>Indices into a palette.</summary>
    public sealed class Indexed(BmpPalette palette, int bits) : BmpLayout
    {
        public BmpPalette Palette => palette;

        public override int Bits => bits;

        public override void ToRgb(ReadOnlySpan<byte> row, Span<byte> rgb)
        {
            for (var x = 0; x < rgb.Length / 3; x++)
            {
                var bit = x * Bits;
                var index = (row[bit >> 3] >> (8 - Bits - (bit & 7))) & ((1 << Bits) - 1);
                palette.Rgb.AsSpan(3 * index, 3).CopyTo(rgb[(3 * x)..]);
            }
        }
    }

    /// <summary>A byte a color.</summary>
    private sealed class Bytes(int bits, int red, int green, int blue) : BmpLayout
    {
        public override int Bits => bits;

        public override void ToRgb(ReadOnlySpan<byte> row, Span<byte> rgb)
        {
            for (int from = 0, to = 0; to < rgb.Length; from += bits / 8, to += 3)
            {
                (rgb[to], rgb[to + 1], rgb[to + 2]) = (row[from + red], row[from + green], row[from + blue]);
            }
        }
    }

    /// <summary>16 bits a pixel: five for blue, five or six for green, five for red.</summary>
    private sealed class Packed(int redShift, int greenMask) : BmpLayout
    {
        public override int Bits => 16;

        public override void ToRgb(ReadOnlySpan<byte> row, Span<byte> rgb)
        {
            for (int from = 0, to = 0; to < rgb.Length; from += 2, to += 3)
            {
                int pixel = BinaryPrimitives.ReadUInt16LittleEndian(row[from..]);
                rgb[to] = (byte)(((pixel >> redShift) & 31) * 255 / 31);
                rgb[to + 1] = (byte)(((pixel >> 5) & greenMask) * 255 / greenMask);
                rgb[to + 2] = (byte)((pixel & 31) * 255 / 31);
            }
        }
    }
}
