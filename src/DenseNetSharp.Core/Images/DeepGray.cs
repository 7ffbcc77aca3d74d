namespace DenseNetSharp.Images;

/// <summary>Makes 8 bits of one image's gray values of more, as Pillow does or the options say, and remembers what was lost.</summary>
internal sealed class DeepGray(ImageDecodeOptions options)
{
    // Where 12 bits end, the most that detectors of radiographs commonly give.
    private const int TwelveBits = 1 << 12;

    private int _greatest;
    private bool _isOf16Bits;
    private bool _isWideClipped;
    private bool _hasFractions;
    private bool _hasMore;

    /// <summary>One value without a sign, of 16 bits or as few as said.</summary>
    public byte ToByte(int value, int bits = 16)
    {
        _greatest = Math.Max(_greatest, value);
        _isOf16Bits |= bits == 16;

        // Pillow reads such images as integers and clips them when it converts them.
        return options.KeepUpperBitsOfGray ? (byte)(value >> (bits - 8)) : (byte)Math.Clamp(value, 0, byte.MaxValue);
    }

    /// <summary>One value with a sign, which Pillow clips at both ends.</summary>
    public byte WideToByte(int value)
    {
        _isWideClipped |= value is < 0 or > byte.MaxValue;
        return (byte)Math.Clamp(value, 0, byte.MaxValue);
    }

    /// <summary>One value in floating point, which Pillow clips at both ends and rounds down; what is no number is black to it.</summary>
    public byte FloatToByte(float value)
    {
        _isWideClipped |= value is < 0 or > byte.MaxValue;
        _hasFractions |= value is > 0 and < 1;
        _hasMore |= value > 1;
        return float.IsNaN(value) ? (byte)0 : (byte)Math.Clamp(value, 0, byte.MaxValue);
    }

    /// <summary>To be called once, when the image is complete.</summary>
    public void Report()
    {
        if (Loss() is { } loss)
        {
            options.GrayLost?.Invoke(loss);
        }
    }

    private GrayLoss? Loss() => this switch
    {
        { _isWideClipped: true } => GrayLoss.WideClipped,
        { _hasFractions: true, _hasMore: false } => GrayLoss.Fractions,
        { _greatest: > byte.MaxValue } when !options.KeepUpperBitsOfGray => GrayLoss.Clipped,
        { _greatest: > 0 and < TwelveBits, _isOf16Bits: true } when options.KeepUpperBitsOfGray => GrayLoss.UpperBitsUnused,
        _ => null,
    };
}
