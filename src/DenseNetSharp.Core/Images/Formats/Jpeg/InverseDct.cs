using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>
/// The inverse transform of a block to 8x8 samples: libjpeg's slow integer one, after C. Loeffler, A. Ligtenberg and
/// G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989.
/// </summary>
/// <remarks>
/// Damaged files have coefficients that overflow. The numbers are then those of libjpeg-turbo's vectors, as Pillow's are: products and sums
/// of coefficients have 16 bits, what goes from columns to rows and what comes out is clipped.
/// </remarks>
internal static class InverseDct
{
    /// <summary>The fraction's bits of the factors below, and those that are kept from columns to rows.</summary>
    public const int FactorBits = 13, KeptBits = 2;

    /// <summary>How far the sums of columns and of rows are shifted.</summary>
    public const int ColumnShift = FactorBits - KeptBits, RowShift = FactorBits + KeptBits + 3;

    // sqrt(2) times cosines and their sums, in fixed point.
    public const short
        F0298 = 2446, F0390 = 3196, F0541 = 4433, F0765 = 6270, F0899 = 7373, F1175 = 9633,
        F1501 = 12299, F1847 = 15137, F1961 = 16069, F2053 = 16819, F2562 = 20995, F3072 = 25172;

    private const int Side = JpegBlock.Side;

    /// <summary>Transforms a block.</summary>
    /// <param name="block">Its 64 coefficients, in rows.</param>
    /// <param name="quantization">What they are multiplied by.</param>
    /// <param name="samples">The first of the samples' 8 rows.</param>
    /// <param name="stride">From row to row.</param>
    public static void Transform(ref short block, short[] quantization, ref byte samples, int stride)
    {
        if (Avx2InverseDct.IsSupported)
        {
            Avx2InverseDct.Transform(ref block, quantization, ref samples, stride);
        }
        else
        {
            TransformByElement(ref block, quantization, ref samples, stride);
        }
    }

    /// <summary>The same of a block that has a DC coefficient only.</summary>
    public static void TransformFlat(int dc, short[] quantization, ref byte samples, int stride)
    {
        var kept = (short)((short)(dc * quantization[0]) << KeptBits);
        var sample = Clip((kept + (1 << (RowShift - FactorBits - 1))) >> (RowShift - FactorBits));
        var row = sample * 0x0101010101010101UL;
        for (var y = 0; y < Side; y++)
        {
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref samples, (nint)y * stride), row);
        }
    }

    /// <summary>The transform in ordinary arithmetic.</summary>
    public static void TransformByElement(ref short block, short[] quantization, ref byte samples, int stride)
    {
        Span<short> columns = stackalloc short[JpegBlock.Length];
        Span<short> values = stackalloc short[Side];
        Span<int> sums = stackalloc int[Side];
        var isFlat = IsFirstRowOnly(ref block);
        for (var x = 0; x < Side; x++)
        {
            for (var y = 0; y < Side; y++)
            {
                var i = Side * y + x;
                values[y] = (short)(Unsafe.Add(ref block, i) * quantization[i]);
            }

            if (!isFlat)
            {
                Transform(values, sums);
            }

            for (var y = 0; y < Side; y++)
            {
                columns[Side * y + x] = isFlat
                    ? (short)(values[0] << KeptBits)
                    : (short)Math.Clamp((sums[y] + (1 << (ColumnShift - 1))) >> ColumnShift, short.MinValue, short.MaxValue);
            }
        }

        for (var y = 0; y < Side; y++)
        {
            Transform(columns.Slice(Side * y, Side), sums);
            for (var x = 0; x < Side; x++)
            {
                Unsafe.Add(ref samples, (nint)y * stride + x) = Clip((sums[x] + (1 << (RowShift - 1))) >> RowShift);
            }
        }
    }

    /// <summary>A sample of a number around zero.</summary>
    public static byte Clip(int value) => (byte)(Math.Clamp(value, sbyte.MinValue, sbyte.MaxValue) + 128);

    private static bool IsFirstRowOnly(ref short block)
    {
        for (var i = Side; i < JpegBlock.Length; i++)
        {
            if (Unsafe.Add(ref block, i) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Transforms eight numbers; the results still have the factors' fraction.</summary>
    private static void Transform(ReadOnlySpan<short> values, Span<int> sums)
    {
        // Even part.
        int second = values[2], sixth = values[6];
        var even2 = second * F0541 + sixth * (F0541 - F1847);
        var even3 = second * (F0541 + F0765) + sixth * F0541;
        var even0 = (short)(values[0] + values[4]) << FactorBits;
        var even1 = (short)(values[0] - values[4]) << FactorBits;
        int outer = even0 + even3, outerDifference = even0 - even3, inner = even1 + even2, innerDifference = even1 - even2;

        // Odd part.
        int odd0 = values[7], odd1 = values[5], odd2 = values[3], odd3 = values[1];
        int sum02 = (short)(odd0 + odd2), sum13 = (short)(odd1 + odd3);
        var z3 = sum02 * (F1175 - F1961) + sum13 * F1175;
        var z4 = sum02 * F1175 + sum13 * (F1175 - F0390);
        var t0 = odd0 * (F0298 - F0899) - odd3 * F0899 + z3;
        var t1 = odd1 * (F2053 - F2562) - odd2 * F2562 + z4;
        var t2 = odd2 * (F3072 - F2562) - odd1 * F2562 + z3;
        var t3 = odd3 * (F1501 - F0899) - odd0 * F0899 + z4;

        (sums[0], sums[7]) = (outer + t3, outer - t3);
        (sums[1], sums[6]) = (inner + t2, inner - t2);
        (sums[2], sums[5]) = (innerDifference + t1, innerDifference - t1);
        (sums[3], sums[4]) = (outerDifference + t0, outerDifference - t0);
    }
}
