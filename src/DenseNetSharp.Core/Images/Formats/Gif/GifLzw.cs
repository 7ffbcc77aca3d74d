namespace DenseNetSharp.Images.Formats.Gif;

/// <summary>GIF's variable-length codes (GIF89a, appendix F), decoded as strictly as Pillow does.</summary>
internal ref struct GifLzw
{
    private const int MostBits = 12, TableLength = 1 << MostBits;

    private ReadOnlySpan<byte> _data;
    private int _block, _bits, _bitCount;

    /// <summary>Decodes a frame's indices in the order in which they are stored.</summary>
    /// <param name="data">The frame's data blocks and whatever follows them.</param>
    /// <param name="codeSize">Bits of an index.</param>
    /// <param name="width">The frame's width.</param>
    /// <param name="height">The frame's height.</param>
    /// <exception cref="ImageFormatException">They are damaged or too few.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> data, int codeSize, int width, int height)
    {
        if (codeSize > MostBits)
        {
            throw new ImageFormatException($"its indices have {codeSize} bits, which GIF does not allow");
        }

        // The nth code makes at most n pixels, and none more than the table is long.
        var codes = 8L * data.Length / (codeSize + 1);
        var total = (long)width * height;
        if (total > codes * Math.Min(codes, TableLength))
        {
            throw new ImageFormatException($"its {data.Length} bytes of image data cannot hold {width}x{height} pixels");
        }

        var indices = new byte[total];
        new GifLzw { _data = data }.Decode(indices, codeSize);
        return indices;
    }

    private void Decode(Span<byte> indices, int codeSize)
    {
        int clear = 1 << codeSize, end = clear + 1;
        Span<short> links = stackalloc short[TableLength];
        Span<byte> lasts = stackalloc byte[TableLength];
        Span<byte> text = stackalloc byte[TableLength];
        int next = clear + 2, length = codeSize + 1, previous = -1;
        byte first = 0;
        for (var count = 0; count < indices.Length;)
        {
            var code = ReadCode(length);
            if (code == clear)
            {
                (next, length, previous) = (clear + 2, codeSize + 1, -1);
                continue;
            }

            if (code == end)
            {
                throw new ImageFormatException($"its image data end after {count} of {indices.Length} pixels");
            }

            if (code > (previous < 0 ? clear : next))
            {
                throw new ImageFormatException("its image data are corrupt");
            }

            // From the end: a code stands for another one's pixels and one more.
            var start = TableLength;
            var rest = code;
            if (previous >= 0 && code == next)
            {
                text[--start] = first;
                rest = previous;
            }

            for (; rest >= clear && start > 0 && rest < TableLength; rest = links[rest])
            {
                text[--start] = lasts[rest];
            }

            if (rest >= clear || start == 0)
            {
                throw new ImageFormatException("its image data are corrupt");
            }

            first = (byte)rest;
            text[--start] = first;
            var pixels = text[start..Math.Min(TableLength, start + indices.Length - count)];
            pixels.CopyTo(indices[count..]);
            count += pixels.Length;
            if (previous >= 0 && next < TableLength)
            {
                (lasts[next], links[next]) = (first, (short)previous);
                length += next == (1 << length) - 1 && length < MostBits ? 1 : 0;
                next++;
            }

            previous = code;
        }
    }

    private int ReadCode(int length)
    {
        while (_bitCount < length)
        {
            while (_block == 0)
            {
                _block = ReadByte();
                if (_block > _data.Length)
                {
                    throw TooShort();
                }
            }

            _bits |= ReadByte() << _bitCount;
            _bitCount += 8;
            _block--;
        }

        var code = _bits & ((1 << length) - 1);
        _bits >>>= length;
        _bitCount -= length;
        return code;
    }

    private byte ReadByte()
    {
        if (_data.IsEmpty)
        {
            throw TooShort();
        }

        var value = _data[0];
        _data = _data[1..];
        return value;
    }

    private static ImageFormatException TooShort() => new("its image data end too early");
}
