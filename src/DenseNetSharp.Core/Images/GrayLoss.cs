namespace DenseNetSharp.Images;

/// <summary>What an image's gray values lose when they become 8 bits, beyond rounding.</summary>
public enum GrayLoss
{
    /// <summary>Values of 16 bits above 255 became 255, as in Pillow; <see cref="ImageDecodeOptions.KeepUpperBitsOfGray"/> keeps their upper
    /// 8 bits.</summary>
    Clipped,

    /// <summary>Values of 16 bits with a sign, of 32 bits or in floating point lay below 0 or above 255 and were clipped, as in Pillow, whatever the
    /// options.</summary>
    WideClipped,

    /// <summary>All values were fractions from 0 to 1, which are rounded down, as in Pillow: the image is black.</summary>
    Fractions,

    /// <summary>
    /// With <see cref="ImageDecodeOptions.KeepUpperBitsOfGray"/>: no value of 16 bits reached 4096, as where a file of 16 bits has an image of 12, so that
    /// the upper 8 bits are nearly black.
    /// </summary>
    UpperBitsUnused,
}
