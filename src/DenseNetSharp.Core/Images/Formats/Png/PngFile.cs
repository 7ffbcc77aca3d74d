using DenseNetSharp.Images.Formats.Exif;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>The parts of a PNG file that make its pixels.</summary>
/// <param name="Header">The IHDR chunk.</param>
/// <param name="Palette">The PLTE chunk as 256 RGB triples; empty where the file has none.</param>
/// <param name="CompressedData">All IDAT chunks, joined.</param>
/// <param name="Orientation">What the eXIf chunk says.</param>
/// <param name="DeepGray">What becomes of gray values of 16 bits.</param>
internal sealed record PngFile(
    PngHeader Header, byte[] Palette, MemoryStream CompressedData, Transposition Orientation, DeepGray DeepGray)
{
    private const int PaletteLength = 3 * 256;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the file's chunks; of those after the image data only EXIF counts, and Pillow insists on none either.</summary>
    public static PngFile Parse(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var chunks = new PngChunkReader(file[Signature.Length..]);
        if (!chunks.Next() || !chunks.Type.SequenceEqual("IHDR"u8))
        {
            throw new ImageFormatException("it does not start with an IHDR chunk");
        }

        var header = PngHeader.Parse(chunks.Data, options);

        byte[] palette = [];
        Transposition? orientation = null;
        var more = chunks.Next();
        for (; more && !chunks.Type.SequenceEqual("IDAT"u8); more = chunks.Next())
        {
            if (chunks.Type.SequenceEqual("PLTE"u8))
            {
                // Other color types may suggest a palette; it has no part in their pixels.
                palette = header.ColorType == PngColorType.Palette ? ReadPalette(chunks.Data) : [];
            }
            else if (chunks.Type.SequenceEqual("eXIf"u8))
            {
                orientation = ExifOrientation.Read(chunks.Data);
            }
            else if (!chunks.IsAncillary)
            {
                throw new ImageFormatException(chunks.Type.SequenceEqual("IEND"u8)
                    ? "it has no image data"
                    : $"it has a critical chunk {chunks.Name} before its image data, which PNG does not define there");
            }
        }

        if (!more)
        {
            throw new ImageFormatException("the file is truncated before its image data");
        }

        if (header.ColorType == PngColorType.Palette && palette.Length == 0)
        {
            throw new ImageFormatException("its pixels refer to a palette, but it has none");
        }

        var data = new MemoryStream();
        for (; more && chunks.Type.SequenceEqual("IDAT"u8); more = chunks.NextAfterData())
        {
            data.Write(chunks.Data);
        }

        data.Position = 0;

        // An animation's other frames are none of the picture's business.
        for (; more && !chunks.Type.SequenceEqual("IEND"u8) && !chunks.Type.SequenceEqual("fcTL"u8); more = chunks.NextAfterData())
        {
            if (chunks.Type.SequenceEqual("eXIf"u8))
            {
                orientation ??= ExifOrientation.Read(chunks.Data);
            }
        }

        return new PngFile(header, palette, data, orientation ?? Transposition.None, new DeepGray(options));
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length is 0 or > PaletteLength || chunk.Length % 3 != 0)
        {
            throw new ImageFormatException($"its palette has {chunk.Length} bytes, which is not 1 to 256 colors");
        }
        // A file should not use colors that it does not define; where one does, Pillow takes the index for a gray.
        var palette = new byte[PaletteLength];
        for (var i = 0; i < PaletteLength; i++)
        {
            palette[i] = (byte)(i / 3);
        }

        chunk.CopyTo(palette);
        return palette;
    }
}
