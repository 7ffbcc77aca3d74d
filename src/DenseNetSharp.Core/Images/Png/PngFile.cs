using DenseNetSharp.Images.Exif;

namespace DenseNetSharp.Images.Png;

/// <summary>The parts of a PNG file that make its pixels.</summary>
/// <param name="Header">The IHDR chunk.</param>
/// <param name="Palette">The PLTE chunk as 256 RGB triples; empty where the file has none.</param>
/// <param name="CompressedData">All IDAT chunks, joined.</param>
/// <param name="Orientation">How EXIF says to turn it, read only where that is wanted.</param>
/// <param name="KeepUpperBitsOfGray">Whether gray of 16 bits is scaled and not clipped.</param>
internal sealed record PngFile(
    PngHeader Header, byte[] Palette, MemoryStream CompressedData, Transposition Orientation, bool KeepUpperBitsOfGray)
{
    private const int PaletteLength = 3 * 256;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads up to the end of the image data; what follows may be damaged or missing, as for Pillow.</summary>
    public static PngFile Parse(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var chunks = new PngChunkReader(file[Signature.Length..]);
        if (!chunks.Next() || !chunks.Type.SequenceEqual("IHDR"u8))
        {
            throw new ImageFormatException("it does not start with an IHDR chunk");
        }
        PngHeader header = PngHeader.Parse(chunks.Data, options);

        byte[] palette = [];
        Transposition? orientation = options.ApplyExifOrientation ? null : Transposition.None;
        bool more = chunks.Next();
        for (; more && !chunks.Type.SequenceEqual("IDAT"u8); more = chunks.Next())
        {
            if (chunks.Type.SequenceEqual("PLTE"u8))
            {
                palette = ReadPalette(chunks.Data, palette);
            }
            else if (chunks.Type.SequenceEqual("eXIf"u8))
            {
                orientation ??= ExifOrientation.Read(chunks.Data);
            }
            else if (!chunks.IsAncillary)
            {
                throw new ImageFormatException(chunks.Type.SequenceEqual("IEND"u8)
                    ? "it has no image data"
                    : $"it has a chunk {chunks.Name} at a place where PNG does not allow one");
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
        try
        {
            for (; more && chunks.Type.SequenceEqual("IDAT"u8); more = chunks.Next())
            {
                data.Write(chunks.Data);
            }
        }
        catch (ImageFormatException) when (!chunks.Type.SequenceEqual("IDAT"u8))
        {
            // The chunk behind the image data is damaged, and the pixels are not.
            more = false;
        }
        data.Position = 0;
        return new PngFile(header, palette, data, orientation ?? FindOrientation(chunks, more), options.KeepUpperBitsOfGray);
    }

    /// <summary>Looks for EXIF data behind the image data; what is damaged there damages no pixels.</summary>
    private static Transposition FindOrientation(PngChunkReader chunks, bool more)
    {
        try
        {
            for (; more; more = chunks.Next())
            {
                if (chunks.Type.SequenceEqual("eXIf"u8))
                {
                    return ExifOrientation.Read(chunks.Data);
                }
            }
        }
        catch (ImageFormatException)
        {
            // Pillow stops looking there too.
        }
        return Transposition.None;
    }

    private static byte[] ReadPalette(ReadOnlySpan<byte> chunk, byte[] earlier)
    {
        if (earlier.Length != 0)
        {
            throw new ImageFormatException("it has two palettes");
        }
        if (chunk.Length is 0 or > PaletteLength || chunk.Length % 3 != 0)
        {
            throw new ImageFormatException($"its palette has {chunk.Length} bytes, which is not 1 to 256 colors");
        }
        // A file should not use colors that it does not define; where one does, Pillow takes the index for a gray.
        var palette = new byte[PaletteLength];
        for (int i = 0; i < PaletteLength; i++)
        {
            palette[i] = (byte)(i / 3);
        }
        chunk.CopyTo(palette);
        return palette;
    }
}
