using System.Buffers.Binary;
using DenseNetSharp.Images.Exif;

namespace DenseNetSharp.Images.Jpeg;

/// <summary>What a JPEG's frame header says (ITU T.81, B.2.2), and how EXIF says to turn it.</summary>
internal readonly record struct JpegFrame(
    int Width, int Height, int Components, bool ArithmeticCoding, Transposition Orientation = Transposition.None)
{
    private const byte StartOfFrame = 0xC0, HuffmanTables = 0xC4, Extension = 0xC8, ArithmeticConditioning = 0xCC;
    private const byte FirstStandalone = 0xD0, StartOfScan = 0xDA, Application1 = 0xE1;

    /// <summary>Finds and checks the frame header, which comes before the first scan.</summary>
    public static JpegFrame Find(ReadOnlySpan<byte> file)
    {
        Transposition? orientation = null;
        for (int i = 2; i + 4 <= file.Length;)
        {
            byte marker = file[i + 1];
            if (file[i] != 0xFF || marker is 0xFF or 0)
            {
                i++;
                continue;
            }
            if (marker is 0x01 or (>= FirstStandalone and < StartOfScan))
            {
                i += 2;
                continue;
            }
            if (marker == StartOfScan)
            {
                break;
            }
            ReadOnlySpan<byte> segment = file[(i + 2)..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            bool isFrame = (marker & 0xF0) == StartOfFrame
                && marker is not (HuffmanTables or Extension or ArithmeticConditioning);
            if (isFrame && length >= 8 && segment.Length >= length)
            {
                return Parse(marker, segment) with { Orientation = orientation ?? Transposition.None };
            }
            if (marker == Application1 && length >= 2 && segment.Length >= length
                && segment[2..length].StartsWith(ExifOrientation.Prefix[..5]))
            {
                // Of several, Pillow believes the first.
                orientation ??= ExifOrientation.Read(segment[2..length]);
            }
            i += 2 + length;
        }
        throw new ImageFormatException("it is truncated before, or has no, JPEG frame header");
    }

    private static JpegFrame Parse(byte marker, ReadOnlySpan<byte> segment)
    {
        int process = marker - StartOfFrame;
        int precision = segment[2];
        int components = segment[7];
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
            Width: BinaryPrimitives.ReadUInt16BigEndian(segment[5..]),
            Height: BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
            components,
            ArithmeticCoding: process >= 9);
    }
}
