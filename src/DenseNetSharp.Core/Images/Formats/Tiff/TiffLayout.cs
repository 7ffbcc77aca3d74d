namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>What a TIFF's samples mean to Pillow.</summary>
internal enum TiffPixels
{
    /// <summary>Gray of 1, 2, 4 or 8 bits.</summary>
    Gray,

    /// <summary>Gray of 12 or 16 bits, which are clipped.</summary>
    DeepGray,

    /// <summary>Gray of 16 bits with a sign, clipped at both ends.</summary>
    SignedGray,

    /// <summary>Gray of 32 bits with a sign, clipped at both ends.</summary>
    LongGray,

    /// <summary>Gray of 32 bits in floating point, clipped at both ends and rounded down.</summary>
    FloatGray,
    Palette,
    Rgb,

    /// <summary>Red, green and blue that were multiplied by the alpha after them.</summary>
    MultipliedRgb,
    Cmyk,

    /// <summary>JPEG's luma and two color differences, of each pixel.</summary>
    YCbCr,
}

/// <summary>How a TIFF's pixels are stored.</summary>
/// <param name="Pixels">What the samples mean.</param>
/// <param name="Bits">Bits of each sample.</param>
/// <param name="Samples">Samples of each pixel, those included that mean nothing.</param>
/// <param name="IsInverted">Whether 0 is white.</param>
internal readonly record struct TiffLayout(TiffPixels Pixels, int Bits, int Samples, bool IsInverted = false)
{
    private const int WhiteIsZero = 0, BlackIsZero = 1, Rgb = 2, Palette = 3, Cmyk = 5, YCbCr = 6;
    private const int Unsigned = 1, Signed = 2, FloatingPoint = 3;
    private const int Multiplied = 1, Alpha = 2, MostSamples = 6;

    /// <summary>The bytes of so many pixels.</summary>
    public long RowLength(long width) => (width * Bits * Samples + 7) / 8;

    /// <summary>Finds out, as Pillow does: it reads only combinations that it knows.</summary>
    /// <exception cref="ImageFormatException">Pillow does not know this one.</exception>
    public static TiffLayout Parse(TiffDirectory directory, TiffCompression compression)
    {
        var photometric = directory.Value(TiffField.Photometric, 0);
        var samples = directory.Value(TiffField.SamplesPerPixel, 1);
        var bits = directory.Values(TiffField.BitsPerSample, MostSamples + 1) is { Length: > 0 } given ? given : [1];
        var formats = directory.Values(TiffField.SampleFormat, MostSamples + 1) is { Length: > 0 } some ? some : [Unsigned];
        var extra = directory.Values(TiffField.ExtraSamples, MostSamples + 1);
        var known = samples is > 0 and <= MostSamples
            && (bits.Length == 1 || bits.Length >= samples) && bits.Take((int)samples).All(value => value == bits[0])
            && formats.All(value => value == formats[0]) && (formats.Length == 1 || formats[0] == Unsigned);
        var layout = !known ? null : photometric switch
        {
            WhiteIsZero or BlackIsZero => GrayOf(photometric, (int)bits[0], (int)samples, formats[0], extra, directory.IsBigEndian),
            _ when formats[0] != Unsigned => null,
            // Pillow takes a fourth plane for alpha that the others were multiplied by where nothing says what it is.
            Rgb => ColorsOf((int)bits[0], (int)samples, extra) is { Samples: 4 } four && extra.Length == 0
                && directory.Value(TiffField.PlanarConfiguration, 1) == 2 && compression != TiffCompression.None
                    ? four with { Pixels = TiffPixels.MultipliedRgb } : ColorsOf((int)bits[0], (int)samples, extra),
            Palette => (bits[0], samples, extra) switch
            {
                (1 or 2 or 4 or 8, 1, []) or (8, 2, [Alpha]) => new TiffLayout(TiffPixels.Palette, (int)bits[0], (int)samples),
                _ => null,
            },
            Cmyk when bits[0] == 8 && samples - 4 == extra.Length && extra.All(value => value == 0)
                || (bits[0], samples, extra) is (16, 4, []) && !directory.IsBigEndian => new TiffLayout(TiffPixels.Cmyk, (int)bits[0], (int)samples),
            YCbCr when compression == TiffCompression.Jpeg && (bits[0], samples, extra) is (8, 3, []) => YCbCrOf(directory),
            _ => (TiffLayout?)null,
        };
        return layout is { } found && IsFillOrderKnown(directory, photometric, found) ? found : throw TiffErrors.Unread(
            $"it is a TIFF of photometric interpretation {photometric}{Name(photometric)}, {samples} samples of {bits[0]} bits, sample format {formats[0]}" +
            $"{(extra.Length > 0 ? $", extra samples {string.Join(' ', extra)}" : "")}");
    }

    private static TiffLayout? GrayOf(long photometric, int bits, int samples, long format, long[] extra, bool isBigEndian)
    {
        var isInverted = photometric == WhiteIsZero;
        return (bits, samples, format, extra) switch
        {
            (1 or 2 or 4 or 8, 1, Unsigned, []) => new TiffLayout(TiffPixels.Gray, bits, samples, isInverted),
            (8, 2, Unsigned, [Alpha]) when !isInverted => new TiffLayout(TiffPixels.Gray, bits, samples),
            (12, 1, Unsigned, []) when !isInverted && !isBigEndian => new TiffLayout(TiffPixels.DeepGray, bits, samples),
            // Pillow does not invert these.
            (16, 1, Unsigned, []) when !isInverted || !isBigEndian => new TiffLayout(TiffPixels.DeepGray, bits, samples),
            (16, 1, Signed, []) when !isInverted => new TiffLayout(TiffPixels.SignedGray, bits, samples),
            (32, 1, Unsigned, []) when !isInverted && !isBigEndian => new TiffLayout(TiffPixels.LongGray, bits, samples),
            (32, 1, Signed, []) when !isInverted => new TiffLayout(TiffPixels.LongGray, bits, samples),
            (32, 1, FloatingPoint, []) => new TiffLayout(TiffPixels.FloatGray, bits, samples),
            _ => null,
        };
    }

    private static TiffLayout? ColorsOf(int bits, int samples, long[] extra)
    {
        // Alpha, or something that Pillow takes for nothing, and after it nothing.
        var known = (bits, samples, extra) switch
        {
            (8 or 16, 3 or 4, []) => true,
            (8, 4, [0 or Multiplied or Alpha or 999]) => true,
            (8, 5, [0 or Multiplied or Alpha, 0]) => true,
            (8, 6, [0 or Multiplied or Alpha, 0, 0]) => true,
            (16, 4, [0 or Multiplied or Alpha]) => true,
            _ => false,
        };
        return known ? new TiffLayout(extra is [Multiplied, ..] ? TiffPixels.MultipliedRgb : TiffPixels.Rgb, bits, samples) : null;
    }

    private static TiffLayout YCbCrOf(TiffDirectory directory) =>
        directory.Values(TiffField.YCbCrSubsampling) is [1, 1] && directory.Value(TiffField.PlanarConfiguration, 1) == 1
            ? new TiffLayout(TiffPixels.YCbCr, 8, 3)
            : throw TiffErrors.Unread("its JPEG-compressed pixels share colors (YCbCr subsampling)");

    private static string Name(long photometric) => photometric switch
    {
        YCbCr => " (YCbCr)",
        8 => " (CIE L*a*b*)",
        _ => "",
    };

    /// <summary>Bits in the reverse order are known of one sample, and of three of 8 bits.</summary>
    private static bool IsFillOrderKnown(TiffDirectory directory, long photometric, TiffLayout layout) =>
        directory.Value(TiffField.FillOrder, 1) switch
        {
            1 => true,
            2 => (photometric, layout) is (_, { Bits: <= 8, Samples: 1 }) or (Rgb, { Bits: 8, Samples: 3 })
                || (photometric, layout) is (BlackIsZero, { Pixels: TiffPixels.DeepGray, Bits: 16 }) && !directory.IsBigEndian,
            _ => false,
        };
}
