using System.Runtime.InteropServices;
using DenseNetSharp.Images.Formats.Jpeg;

namespace DenseNetSharp.Images.Formats.Tiff;

/// <summary>Turns a TIFF's samples into 8-bit RGB, as Pillow's reader followed by <c>convert("RGB")</c> does.</summary>
/// <param name="layout">What the samples mean. Those of more than 8 bits have the processor's byte order.</param>
/// <param name="palette">256 RGB triples, where they are indices.</param>
/// <param name="deepGray">What becomes of gray values of more than 8 bits.</param>
internal sealed class TiffRows(TiffLayout layout, byte[] palette, DeepGray deepGray)
{
    /// <summary>Converts some pixels of a row; the output's length says how many.</summary>
    public void ToRgb(ReadOnlySpan<byte> samples, Span<byte> rgb)
    {
        switch (layout.Pixels)
        {
            case TiffPixels.Gray:
                var scale = 255 / ((1 << layout.Bits) - 1);
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    var gray = (byte)(Sample(samples, x) * scale);
                    rgb.Slice(3 * x, 3).Fill(layout.IsInverted ? (byte)~gray : gray);
                }

                break;
            case TiffPixels.Palette:
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    palette.AsSpan(3 * Sample(samples, x), 3).CopyTo(rgb[(3 * x)..]);
                }

                break;
            case TiffPixels.DeepGray:
                for (var x = 0; x < rgb.Length / 3; x++)
                {
                    var value = layout.Bits == 12 ? Sample12(samples, x) : BitConverter.ToUInt16(samples[(2 * x)..]);
                    rgb.Slice(3 * x, 3).Fill(deepGray.ToByte(value, layout.Bits));
                }

                break;
            case TiffPixels.SignedGray:
                Clip<short>(samples, rgb, value => deepGray.WideToByte(value));
                break;
            case TiffPixels.LongGray:
                Clip<int>(samples, rgb, deepGray.WideToByte);
                break;
            case TiffPixels.FloatGray:
                Clip<float>(samples, rgb, deepGray.FloatToByte);
                break;
            default:
                Colors(samples, rgb);
                break;
        }
    }

    private void Colors(ReadOnlySpan<byte> samples, Span<byte> rgb)
    {
        // Of 16 bits Pillow keeps the upper 8.
        var step = layout.Bits / 8;
        var upper = step == 2 && BitConverter.IsLittleEndian ? 1 : 0;
        for (int from = upper, to = 0; to < rgb.Length; from += step * layout.Samples, to += 3)
        {
            var (first, second, third) = (samples[from], samples[from + step], samples[from + 2 * step]);
            var fourth = layout.Samples > 3 ? samples[from + 3 * step] : 255;
            (rgb[to], rgb[to + 1], rgb[to + 2]) = layout.Pixels switch
            {
                TiffPixels.MultipliedRgb => (Divided(first, fourth), Divided(second, fourth), Divided(third, fourth)),
                TiffPixels.Cmyk => (CmykInk.Over(first, 255 - fourth), CmykInk.Over(second, 255 - fourth), CmykInk.Over(third, 255 - fourth)),
                TiffPixels.YCbCr => RgbRows.FromYCbCr(first, second, third),
                _ => (first, second, third),
            };
        }
    }

    private static byte Divided(int color, int alpha) => (byte)(alpha == 0 ? 0 : Math.Min(color * 255 / alpha, 255));

    private static void Clip<T>(ReadOnlySpan<byte> samples, Span<byte> rgb, Func<T, byte> toByte)
        where T : struct
    {
        for (var x = 0; x < rgb.Length / 3; x++)
        {
            rgb.Slice(3 * x, 3).Fill(toByte(MemoryMarshal.Read<T>(samples[(x * Marshal.SizeOf<T>())..])));
        }
    }

    /// <summary>A pixel's first sample of up to 8 bits.</summary>
    private int Sample(ReadOnlySpan<byte> samples, int x)
    {
        var bit = x * layout.Bits * layout.Samples;
        return (samples[bit >> 3] >> (8 - layout.Bits - (bit & 7))) & ((1 << layout.Bits) - 1);
    }

    /// <summary>One of two samples that share three bytes.</summary>
    private static int Sample12(ReadOnlySpan<byte> samples, int x)
    {
        var from = x / 2 * 3;
        return x % 2 == 0 ? samples[from] << 4 | samples[from + 1] >> 4 : (samples[from + 1] & 15) << 8 | samples[from + 2];
    }
}
