namespace DenseNetSharp.Images.Formats.Bmp;

/// <summary>The colors of a bitmap of at most 8 bits a pixel.</summary>
/// <param name="Rgb">256 triples.</param>
/// <param name="Bits">How many bits Pillow takes an index for: 1 or 8 where the palette is gray, whatever the header says.</param>
/// <param name="IsBlackAndWhite">Whether Pillow takes the image for one of two colors.</param>
internal readonly record struct BmpPalette(byte[] Rgb, int Bits, bool IsBlackAndWhite)
{
    private const int MostEntries = 65536, MostColors = 256;

    /// <summary>Reads the entries: blue, green, red, and mostly a byte that means nothing.</summary>
    public static BmpPalette Read(ReadOnlySpan<byte> file, long offset, long count, int entryLength, int bits)
    {
        if (count > MostEntries)
        {
            throw new ImageFormatException($"its palette of {count} colors is too large");
        }

        var start = (int)Math.Min(offset, file.Length);
        var entries = file[start..(int)Math.Min(start + count * entryLength, file.Length)];
        if (IsGray(entries, (int)count, entryLength))
        {
            return count == 2 ? new BmpPalette(Colors(white: 1), 1, IsBlackAndWhite: true) : new BmpPalette(Colors(), 8, IsBlackAndWhite: false);
        }

        if (entries.Length / entryLength > MostColors)
        {
            throw new ImageFormatException($"its palette of {count} colors is too large");
        }

        var rgb = Colors();
        for (var i = 0; i < entries.Length / entryLength; i++)
        {
            var entry = entries.Slice(i * entryLength, 3);
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (entry[2], entry[1], entry[0]);
        }

        return new BmpPalette(rgb, bits, IsBlackAndWhite: false);
    }

    /// <summary>Whether every color is the gray of its index, or of two colors the first black and the second white.</summary>
    private static bool IsGray(ReadOnlySpan<byte> entries, int count, int entryLength)
    {
        for (var i = 0; i < count; i++)
        {
            var expected = (byte)(count == 2 ? 255 * i : i);
            if ((i + 1) * entryLength > entries.Length + entryLength - 3
                || entries.Slice(i * entryLength, 3).ContainsAnyExcept(expected))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Grays by index, for what the file does not define, or black below an index that is white.</summary>
    private static byte[] Colors(int white = MostColors - 1)
    {
        var rgb = new byte[3 * MostColors];
        for (var i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)Math.Min(i / 3 * (255 / white), 255);
        }

        return rgb;
    }
}
