using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The inverse transform of a block to 4x4, 2x2 or 1x1 samples, in the same arithmetic; higher frequencies are left out.</summary>
internal static class ReducedInverseDct
{
    private const int FactorBits = InverseDct.FactorBits, KeptBits = InverseDct.KeptBits, Side = JpegBlock.Side;

    /// <summary>Transforms a block to 4x4 samples.</summary>
    public static void TransformTo4(ref short block, short[] quantization, ref byte samples, int stride)
    {
        Span<short> columns = stackalloc short[4 * Side];
        Span<short> values = stackalloc short[Side];
        Span<int> sums = stackalloc int[4];
        for (var x = 0; x < Side; x++)
        {
            Dequantize(ref block, quantization, x, values);
            Transform4(values, sums);
            for (var y = 0; y < 4; y++)
            {
                columns[Side * y + x] = Descale(sums[y], FactorBits - KeptBits + 1);
            }
        }

        for (var y = 0; y < 4; y++)
        {
            Transform4(columns.Slice(Side * y, Side), sums);
            for (var x = 0; x < 4; x++)
            {
                Unsafe.Add(ref samples, (nint)y * stride + x) = InverseDct.Clip(Descale(sums[x], FactorBits + KeptBits + 3 + 1));
            }
        }
    }

    /// <summary>Transforms a block to 2x2 samples.</summary>
    public static void TransformTo2(ref short block, short[] quantization, ref byte samples, int stride)
    {
        Span<short> columns = stackalloc short[2 * Side];
        Span<short> values = stackalloc short[Side];
        for (var x = 0; x < Side; x++)
        {
            Dequantize(ref block, quantization, x, values);
            var (top, bottom) = Transform2(values);
            columns[x] = Descale(top, FactorBits - KeptBits + 2);
            columns[Side + x] = Descale(bottom, FactorBits - KeptBits + 2);
        }

        for (var y = 0; y < 2; y++)
        {
            var (left, right) = Transform2(columns.Slice(Side * y, Side));
            Unsafe.Add(ref samples, (nint)y * stride) = InverseDct.Clip(Descale(left, FactorBits + KeptBits + 3 + 2));
            Unsafe.Add(ref samples, (nint)y * stride + 1) = InverseDct.Clip(Descale(right, FactorBits + KeptBits + 3 + 2));
        }
    }

    /// <summary>The sample that a block's DC coefficient stands for.</summary>
    public static byte TransformTo1(int dc, short[] quantization)
    {
        // Ten bits count, with a sign.
        var value = (dc * quantization[0] + 4) >> 3;
        return InverseDct.Clip(value << 22 >> 22);
    }

    private static void Dequantize(ref short block, short[] quantization, int x, Span<short> values)
    {
        for (var y = 0; y < Side; y++)
        {
            values[y] = (short)(Unsafe.Add(ref block, Side * y + x) * quantization[Side * y + x]);
        }
    }

    private static void Transform4(ReadOnlySpan<short> values, Span<int> sums)
    {
        var even0 = values[0] << (FactorBits + 1);
        var even2 = values[2] * InverseDct.F1847 - values[6] * InverseDct.F0765;
        var odd0 = values[7] * -1730 + values[5] * 11893 + values[3] * -17799 + values[1] * 8697;
        var odd2 = values[7] * -4176 + values[5] * -4926 + values[3] * 7373 + values[1] * 20995;
        (sums[0], sums[3]) = (even0 + even2 + odd2, even0 + even2 - odd2);
        (sums[1], sums[2]) = (even0 - even2 + odd0, even0 - even2 - odd0);
    }

    private static (int First, int Second) Transform2(ReadOnlySpan<short> values)
    {
        var even = values[0] << (FactorBits + 2);
        var odd = values[7] * -5906 + values[5] * 6967 + values[3] * -10426 + values[1] * 29692;
        return (even + odd, even - odd);
    }

    private static short Descale(int sum, int shift) =>
        (short)Math.Clamp((sum + (1 << (shift - 1))) >> shift, short.MinValue, short.MaxValue);
}
