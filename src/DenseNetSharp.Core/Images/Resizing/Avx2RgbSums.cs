using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Images.Resizing;

/// <summary>The sums with AVX2, which multiplies and adds pairs of 16-bit numbers.</summary>
/// <remarks>
/// A weight has more than 16 bits, so it is split, w = high * 2^15 + low, and the two sums are put together at the end.
/// Integers wrap around the same way whatever the order, so the result is exact.
/// </remarks>
internal sealed unsafe class Avx2RgbSums : RgbSums
{
    private const int LowBits = 15;

    /// <summary>For each step the low parts of four weights, then the high parts.</summary>
    private readonly Vector256<short>[] _steps;

    public Avx2RgbSums(ResampleWeights weights)
        : base(weights)
    {
        var all = StepWeights();
        _steps = new Vector256<short>[2 * (all.Length / PixelsPerStep)];
        for (var i = 0; i < _steps.Length; i += 2)
        {
            ReadOnlySpan<int> four = all.AsSpan(i / 2 * PixelsPerStep, PixelsPerStep);
            _steps[i] = Spread(four, weight => weight & ((1 << LowBits) - 1));
            _steps[i + 1] = Spread(four, weight => weight >> LowBits);
        }
    }

    protected override Vector128<byte> Sum(byte* input, nint stride, int firstStep, int steps)
    {
        Vector256<int> low0 = Vector256<int>.Zero, low1 = low0, low2 = low0, low3 = low0;
        Vector256<int> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        ReadOnlySpan<Vector256<short>> left = _steps.AsSpan(2 * firstStep, 2 * steps);
        for (; left.Length >= 2; left = left[2..], input += BytesPerStep)
        {
            Vector256<short> low = left[0], high = left[1];
            var pixels = Load(input);
            low0 += Avx2.MultiplyAddAdjacent(pixels, low);
            high0 += Avx2.MultiplyAddAdjacent(pixels, high);
            pixels = Load(input + stride);
            low1 += Avx2.MultiplyAddAdjacent(pixels, low);
            high1 += Avx2.MultiplyAddAdjacent(pixels, high);
            pixels = Load(input + 2 * stride);
            low2 += Avx2.MultiplyAddAdjacent(pixels, low);
            high2 += Avx2.MultiplyAddAdjacent(pixels, high);
            pixels = Load(input + 3 * stride);
            low3 += Avx2.MultiplyAddAdjacent(pixels, low);
            high3 += Avx2.MultiplyAddAdjacent(pixels, high);
        }

        return ToBytes(Join(low0, high0), Join(low1, high1), Join(low2, high2), Join(low3, high3));
    }

    /// <summary>Four pixels as 16-bit numbers: r0 r1 g0 g1 b0 b1 - - | r2 r3 g2 g3 b2 b3 - -.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(byte* input) =>
        Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(input), Vector256.Create(
            (byte)0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255,
            6, 255, 9, 255, 7, 255, 10, 255, 8, 255, 11, 255, 255, 255, 255, 255)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Join(Vector256<int> low, Vector256<int> high)
    {
        var both = low + (high << LowBits);
        return both.GetLower() + both.GetUpper() + Vector128.Create(ResampleWeights.Half);
    }

    /// <summary>Puts each weight where <see cref="Load"/> puts its pixel.</summary>
    private static Vector256<short> Spread(ReadOnlySpan<int> four, Func<int, int> part)
    {
        short a = (short)part(four[0]), b = (short)part(four[1]), c = (short)part(four[2]), d = (short)part(four[3]);
        return Vector256.Create(a, b, a, b, a, b, 0, 0, c, d, c, d, c, d, 0, 0);
    }
}
