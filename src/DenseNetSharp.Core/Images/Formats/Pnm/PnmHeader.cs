namespace DenseNetSharp.Images.Formats.Pnm;

/// <summary>What a PNM's pixels are made of.</summary>
internal enum PnmKind
{
    Bitmap,
    Gray,
    Rgb,
}

/// <summary>A PNM's header, checked.</summary>
/// <param name="Kind">What the pixels are made of.</param>
/// <param name="IsText">Whether the samples are written in digits (P1 to P3).</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="MaxValue">The value of white; 1 in bitmaps.</param>
/// <param name="DataOffset">Where the pixels start.</param>
internal readonly record struct PnmHeader(PnmKind Kind, bool IsText, int Width, int Height, int MaxValue, int DataOffset)
{
    private const int MostDigits = 10, MostValue = 65535;

    /// <summary>Bytes of a sample where they are not digits.</summary>
    public int SampleLength => MaxValue < 256 ? 1 : 2;

    /// <summary>The fewest bytes that can hold the pixels.</summary>
    public long LeastLength
    {
        get
        {
            var samples = (long)Width * Height * (Kind == PnmKind.Rgb ? 3 : 1);
            return (Kind, IsText) switch
            {
                (PnmKind.Bitmap, true) => samples,
                (PnmKind.Bitmap, false) => (Width + 7L) / 8 * Height,
                // A digit, and a space up to the next.
                (_, true) => 2 * samples - 1,
                (_, false) => samples * SampleLength,
            };
        }
    }

    public static PnmHeader Parse(ReadOnlySpan<byte> file, ImageDecodeOptions options)
    {
        var number = file[1] - '0';
        var kind = (PnmKind)((number - 1) % 3);
        var place = 3;
        var width = ReadNumber(file, ref place);
        var height = ReadNumber(file, ref place);
        var maxValue = kind == PnmKind.Bitmap ? 1 : ReadNumber(file, ref place);
        if (maxValue is < 1 or > MostValue)
        {
            throw new ImageFormatException($"its largest value is {maxValue}, which is not 1 to {MostValue}");
        }

        options.CheckSize(width, height);
        return new PnmHeader(kind, IsText: number <= 3, (int)width, (int)height, (int)maxValue, place);
    }

    /// <summary>A number and the one whitespace after it. A comment may stand anywhere, even inside a number, and Pillow removes it.</summary>
    private static long ReadNumber(ReadOnlySpan<byte> file, ref int place)
    {
        var digits = 0;
        long number = 0;
        while (place < file.Length && digits <= MostDigits)
        {
            var value = file[place++];
            if (value == '#')
            {
                var end = file[place..].IndexOfAny((byte)'\r', (byte)'\n');
                place = end < 0 ? file.Length : place + end + 1;
            }
            else if (value is >= (byte)'0' and <= (byte)'9')
            {
                number = 10 * number + value - '0';
                digits++;
            }
            else if (!PnmText.IsWhitespace(value))
            {
                throw new ImageFormatException("its header is not made of numbers");
            }
            else if (digits > 0)
            {
                break;
            }
        }

        return digits is > 0 and <= MostDigits ? number
            : throw new ImageFormatException(digits == 0 ? "it is truncated inside its header" : "its header has a number of too many digits");
    }
}
