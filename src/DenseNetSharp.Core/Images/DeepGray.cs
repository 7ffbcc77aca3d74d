namespace DenseNetSharp.Images;

/// <summary>Makes 8 bits of one image's 16-bit gray values, as the options say, and remembers whether any was clipped.</summary>
internal sealed class DeepGray(ImageDecodeOptions options)
{
    private bool _clipped;

    /// <summary>One value, of 16 bits or as few as said.</summary>
    public byte ToByte(int value, int bits = 16)
    {
        if (options.KeepUpperBitsOfGray)
        {
            return (byte)(value >> (bits - 8));
        }

        // Pillow reads such images as integers and clips them when it converts them.
        _clipped |= value > byte.MaxValue;
        return (byte)Math.Clamp(value, 0, byte.MaxValue);
    }

    /// <summary>To be called once, when the image is complete.</summary>
    public void Report()
    {
        if (_clipped)
        {
            options.GrayClipped?.Invoke();
        }
    }
}
