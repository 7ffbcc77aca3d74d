using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static DenseNetSharp.Images.Formats.Jpeg.InverseDct;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The inverse transform with AVX2, which multiplies and adds pairs of 16-bit numbers: all columns, then all rows, at once.</summary>
internal static class Avx2InverseDct
{
    public static bool IsSupported => Avx2.IsSupported;

    /// <inheritdoc cref="InverseDct.Transform(ref short, short[], ref byte, int)"/>
    public static void Transform(ref short block, short[] quantization, ref byte samples, int stride)
    {
        ref var factors = ref MemoryMarshal.GetArrayDataReference(quantization);
        var rows04 = Pair(ref block, 0, 4);
        var rows15 = Pair(ref block, 1, 5);
        var rows26 = Pair(ref block, 2, 6);
        var rows37 = Pair(ref block, 3, 7);

        Rows columns;
        if ((rows04.GetUpper() | (rows15 | rows26 | rows37).GetLower() | (rows15 | rows26 | rows37).GetUpper()) == Vector128<short>.Zero)
        {
            // Each column is flat.
            columns = Spread((rows04.GetLower() * Vector128.LoadUnsafe(ref factors)) << KeptBits);
        }
        else
        {
            columns = Transform(
                new Rows(
                    rows04 * Pair(ref factors, 0, 4), rows15 * Pair(ref factors, 1, 5),
                    rows26 * Pair(ref factors, 2, 6), rows37 * Pair(ref factors, 3, 7)),
                ColumnShift);
        }

        var rows = Transform(columns, RowShift);
        var center = Vector256.Create((byte)128);
        var bytes0145 = Avx2.PackSignedSaturate(rows.R04, rows.R15).AsByte() ^ center;
        var bytes2367 = Avx2.PackSignedSaturate(rows.R26, rows.R37).AsByte() ^ center;
        Store(bytes0145.GetLower(), ref samples, 0, 1, stride);
        Store(bytes2367.GetLower(), ref samples, 2, 3, stride);
        Store(bytes0145.GetUpper(), ref samples, 4, 5, stride);
        Store(bytes2367.GetUpper(), ref samples, 6, 7, stride);
    }

    /// <summary>Transforms the columns and turns rows into columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Rows Transform(Rows rows, [ConstantExpected] byte shift)
    {
        // Even part: rows 0 and 4, then 2 and 6.
        var even0 = Avx2.ConvertToVector256Int32(rows.R04.GetLower() + rows.R04.GetUpper()) << FactorBits;
        var even1 = Avx2.ConvertToVector256Int32(rows.R04.GetLower() - rows.R04.GetUpper()) << FactorBits;
        var pairs26 = Interleave(rows.R26);
        var even2 = Avx2.MultiplyAddAdjacent(pairs26, Factors(F0541, F0541 - F1847));
        var even3 = Avx2.MultiplyAddAdjacent(pairs26, Factors(F0541 + F0765, F0541));
        var rounding = Vector256.Create(1 << (shift - 1));
        even0 += rounding;
        even1 += rounding;
        Vector256<int> outer = even0 + even3, outerDifference = even0 - even3, inner = even1 + even2, innerDifference = even1 - even2;

        // Odd part: rows 1 and 7, 5 and 3, and the sums of 1 and 5, 7 and 3.
        var rows17 = Avx2.Permute2x128(rows.R15, rows.R37, 0x30);
        var rows53 = Avx2.Permute2x128(rows.R15, rows.R37, 0x21);
        var sums = Interleave(rows17 + rows53);
        var pairs17 = Interleave(rows17);
        var pairs53 = Interleave(rows53);
        var z3 = Avx2.MultiplyAddAdjacent(sums, Factors(F1175, F1175 - F1961));
        var z4 = Avx2.MultiplyAddAdjacent(sums, Factors(F1175 - F0390, F1175));
        var t0 = Avx2.MultiplyAddAdjacent(pairs17, Factors(-F0899, F0298 - F0899)) + z3;
        var t1 = Avx2.MultiplyAddAdjacent(pairs53, Factors(F2053 - F2562, -F2562)) + z4;
        var t2 = Avx2.MultiplyAddAdjacent(pairs53, Factors(-F2562, F3072 - F2562)) + z3;
        var t3 = Avx2.MultiplyAddAdjacent(pairs17, Factors(F1501 - F0899, -F0899)) + z4;

        var rows01 = Pack((outer + t3) >> shift, (inner + t2) >> shift);
        var rows23 = Pack((innerDifference + t1) >> shift, (outerDifference + t0) >> shift);
        var rows45 = Pack((outerDifference - t0) >> shift, (innerDifference - t1) >> shift);
        var rows67 = Pack((inner - t2) >> shift, (outer - t3) >> shift);

        // Four rows' numbers of a column, then eight.
        var low01 = Avx2.UnpackLow(rows01, rows23);
        var high01 = Avx2.UnpackHigh(rows01, rows23);
        var low45 = Avx2.UnpackLow(rows45, rows67);
        var high45 = Avx2.UnpackHigh(rows45, rows67);
        return new Rows(
            Avx2.UnpackLow(low01.AsInt64(), low45.AsInt64()).AsInt16(), Avx2.UnpackHigh(low01.AsInt64(), low45.AsInt64()).AsInt16(),
            Avx2.UnpackLow(high01.AsInt64(), high45.AsInt64()).AsInt16(), Avx2.UnpackHigh(high01.AsInt64(), high45.AsInt64()).AsInt16());
    }

    /// <summary>Of a row in the lower half and one in the upper: element by element one of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Interleave(Vector256<short> rows) =>
        InterleaveHalves(Avx2.Permute4x64(rows.AsInt64(), 0b11_01_10_00).AsInt16());

    /// <summary>Two rows of sums as 16-bit numbers, clipped: element by element one of each, in 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Pack(Vector256<int> first, Vector256<int> second) =>
        InterleaveHalves(Avx2.PackSignedSaturate(first, second)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> InterleaveHalves(Vector256<short> lanes) =>
        Avx2.Shuffle(lanes.AsByte(), Vector256.Create(
            (byte)0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
            0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Factors([ConstantExpected] int first, [ConstantExpected] int second) =>
        Vector256.Create(second << 16 | (first & 0xFFFF)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(ref short block, [ConstantExpected] int lower, [ConstantExpected] int upper) =>
        Vector256.Create(
            Vector128.LoadUnsafe(ref block, (nuint)(JpegBlock.Side * lower)), Vector128.LoadUnsafe(ref block, (nuint)(JpegBlock.Side * upper)));

    /// <summary>Rows of one number each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Rows Spread(Vector128<short> values)
    {
        return new Rows(Row(0), Row(1), Row(2), Row(3));

        Vector256<short> Row(int i) => Vector256.Create(Vector128.Create(values[i]), Vector128.Create(values[i + 4]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> rows, ref byte samples, int first, int second, int stride)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref samples, (nint)first * stride), rows.AsUInt64().ToScalar());
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref samples, (nint)second * stride), rows.AsUInt64().GetElement(1));
    }

    /// <summary>Eight rows of 16-bit numbers: 0 and 4, 1 and 5, 2 and 6, 3 and 7.</summary>
    private readonly record struct Rows(Vector256<short> R04, Vector256<short> R15, Vector256<short> R26, Vector256<short> R37);
}
