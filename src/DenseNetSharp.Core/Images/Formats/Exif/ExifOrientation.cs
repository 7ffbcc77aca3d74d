using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Exif;

/// <summary>The one EXIF tag that concerns the pixels: how a camera was held (Exif 2.3, 4.6.4 A).</summary>
internal static class ExifOrientation
{
    private const ushort OrientationTag = 0x0112;
    private const int EntryLength = 12;

    /// <summary>What stands before the data in a JPEG segment, and in some files of other formats too.</summary>
    public static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <summary>Reads the tag.</summary>
    /// <param name="exif">EXIF data: a TIFF file, with or without <see cref="Prefix"/>.</param>
    /// <returns>How to turn the image; <see cref="Transposition.None"/> where the data say nothing or are damaged.</returns>
    public static Transposition Read(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith(Prefix))
        {
            exif = exif[Prefix.Length..];
        }

        var littleEndian = exif.StartsWith("II*\0"u8);
        if (!littleEndian && !exif.StartsWith("MM\0*"u8))
        {
            return Transposition.None;
        }

        if (!TryRead(exif, 4, 4, littleEndian, out var directory) || !TryRead(exif, directory, 2, littleEndian, out var count))
        {
            return Transposition.None;
        }

        for (var entry = directory + 2L; count > 0; count--, entry += EntryLength)
        {
            if (!TryRead(exif, entry, 2, littleEndian, out var tag)
                || !TryRead(exif, entry + 2, 2, littleEndian, out var type)
                || !TryRead(exif, entry + 4, 4, littleEndian, out var values))
            {
                break;
            }
            // It ought to be one SHORT. Other whole numbers, and the first of several, are taken as Pillow takes them.
            var length = type switch { 3 or 8 => 2, 4 or 9 or 13 => 4, 6 => 1, _ => 0 };
            if (tag != OrientationTag || length == 0 || values == 0)
            {
                continue;
            }

            var place = entry + 8;
            if (values * (long)length > 4)
            {
                place = TryRead(exif, place, 4, littleEndian, out var offset) ? offset : long.MaxValue - 4;
            }

            if (TryRead(exif, place, length, littleEndian, out var value)
                && value is >= (uint)Transposition.None and <= (uint)Transposition.RotateCounterclockwise)
            {
                return (Transposition)value;
            }
        }

        return Transposition.None;
    }

    private static bool TryRead(ReadOnlySpan<byte> data, long offset, int length, bool littleEndian, out uint value)
    {
        value = 0;
        if (offset + length > data.Length)
        {
            return false;
        }

        var bytes = data.Slice((int)offset, length);
        value = length switch
        {
            1 => bytes[0],
            2 => littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
        return true;
    }
}
