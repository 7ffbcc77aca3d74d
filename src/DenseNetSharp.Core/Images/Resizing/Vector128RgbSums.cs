using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DenseNetSharp.Images.Resizing;

/// <summary>The sums in vectors of 128 bits, which ARM64 and x64 without AVX2 have: one pixel a multiplication.</summary>
internal sealed unsafe class Vector128RgbSums : RgbSums
{
    private readonly int[] _weights;

    public Vector128RgbSums(ResampleWeights weights)
        : base(weights) => _weights = StepWeights();

    protected override Vector128<byte> Sum(byte* input, nint stride, int firstStep, int steps)
    {
        Vector128<int> sum0 = Vector128.Create(ResampleWeights.Half), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        ReadOnlySpan<int> left = _weights.AsSpan(PixelsPerStep * firstStep, PixelsPerStep * steps);
        for (; left.Length >= PixelsPerStep; left = left[PixelsPerStep..], input += BytesPerStep)
        {
            Vector128<int> a = Vector128.Create(left[0]), b = Vector128.Create(left[1]);
            Vector128<int> c = Vector128.Create(left[2]), d = Vector128.Create(left[3]);
            sum0 += Weigh(input, a, b, c, d);
            sum1 += Weigh(input + stride, a, b, c, d);
            sum2 += Weigh(input + 2 * stride, a, b, c, d);
            sum3 += Weigh(input + 3 * stride, a, b, c, d);
        }

        return ToBytes(sum0, sum1, sum2, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Weigh(
        byte* input, Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
    {
        var pixels = Vector128.Load(input);
        return a * Pixel(pixels, 0) + b * Pixel(pixels, 3) + c * Pixel(pixels, 6) + d * Pixel(pixels, 9);
    }

    /// <summary>The pixel at a byte as 32-bit numbers: r g b and what the next byte is, which nobody reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pixel(Vector128<byte> pixels, [ConstantExpected] byte first) =>
        Vector128.Shuffle(pixels, Vector128.Create(
            first, 255, 255, 255, (byte)(first + 1), 255, 255, 255,
            (byte)(first + 2), 255, 255, 255, (byte)(first + 3), 255, 255, 255)).AsInt32();
}
