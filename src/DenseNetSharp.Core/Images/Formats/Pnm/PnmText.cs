namespace DenseNetSharp.Images.Formats.Pnm;

/// <summary>The samples of a PNM that writes them in digits. Comments are taken out, line end included, as Pillow does.</summary>
internal ref struct PnmText(ReadOnlySpan<byte> data, int maxValue)
{
    private const int MostDigits = 10, End = -1;

    private ReadOnlySpan<byte> _rest = data;

    public static bool IsWhitespace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    /// <summary>Reads a bitmap's pixels, which need no spaces between them; 1 is black.</summary>
    public static void ReadBits(ReadOnlySpan<byte> data, Span<byte> rgb)
    {
        var text = new PnmText(data, maxValue: 1);
        for (var i = 0; i < rgb.Length;)
        {
            var value = text.Next();
            if (value is '0' or '1')
            {
                rgb.Slice(i, 3).Fill((byte)(value - '1'));
                i += 3;
            }
            else if (value is End || !IsWhitespace((byte)value))
            {
                throw Unexpected(value);
            }
        }
    }

    /// <summary>Reads the next sample.</summary>
    /// <exception cref="ImageFormatException">There is none, or it is no number of at most the largest value.</exception>
    public int ReadSample()
    {
        var digits = 0;
        long number = 0;
        while (true)
        {
            var value = Next();
            if (value is >= '0' and <= '9' && digits < MostDigits)
            {
                number = 10 * number + value - '0';
                digits++;
            }
            else if (value is not End && !IsWhitespace((byte)value) || value is End && digits == 0)
            {
                throw Unexpected(value);
            }
            else if (digits > 0)
            {
                break;
            }
        }

        return number <= maxValue ? (int)number
            : throw new ImageFormatException($"its pixels have a value {number} above the largest, {maxValue}");
    }

    /// <summary>The next character that is in no comment.</summary>
    private int Next()
    {
        while (!_rest.IsEmpty)
        {
            var value = _rest[0];
            _rest = _rest[1..];
            if (value != '#')
            {
                return value;
            }

            var end = _rest.IndexOfAny((byte)'\r', (byte)'\n');
            _rest = end < 0 ? [] : _rest[(end + 1)..];
        }

        return End;
    }

    private static ImageFormatException Unexpected(int value) => new(value is End ? "its pixels end too early"
        : value is >= '0' and <= '9' ? "its pixels have a value of too many digits"
        : $"its pixels have a character 0x{value:x2} among their digits");
}
