using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Images.Resizing;

/// <summary>The weighted sums of RGB rows with AVX2, which multiplies and adds pairs of 16-bit numbers.</summary>
/// <remarks>
/// A weight has more than 16 bits, so it is split, w = high * 2^15 + low, and the two sums are put together at the end.
/// Integers wrap around the same way whatever the order, so the result is exact. Four rows go together because they
/// share the weights.
/// </remarks>
internal sealed unsafe class RgbVectorSums
{
    /// <summary>How many rows go together.</summary>
    public const int Rows = 4;

    private const int PixelsPerStep = 4;
    private const int BytesPerStep = 3 * PixelsPerStep;
    private const int LowBits = 15;

    private readonly ResampleWeights _weights;
    private readonly int[] _firstSteps;

    /// <summary>For each step the low parts of four weights, then the high parts.</summary>
    private readonly Vector256<short>[] _steps;

    public RgbVectorSums(ResampleWeights weights)
    {
        _weights = weights;
        _firstSteps = new int[weights.Count + 1];
        for (int x = 0; x < weights.Count; x++)
        {
            int steps = (weights.WeightsOf(x).Length + PixelsPerStep - 1) / PixelsPerStep;
            _firstSteps[x + 1] = _firstSteps[x] + steps;
        }
        _steps = new Vector256<short>[2 * _firstSteps[^1]];
        Span<int> four = stackalloc int[PixelsPerStep];
        for (int x = 0; x < weights.Count; x++)
        {
            ReadOnlySpan<int> own = weights.WeightsOf(x);
            for (int step = _firstSteps[x]; step < _firstSteps[x + 1]; step++)
            {
                int count = Math.Min(PixelsPerStep, own.Length);
                four.Clear();
                own[..count].CopyTo(four);
                own = own[count..];
                _steps[2 * step] = Spread(four, weight => weight & ((1 << LowBits) - 1));
                _steps[2 * step + 1] = Spread(four, weight => weight >> LowBits);
            }
        }
    }

    /// <summary>Resamples four rows from the left, as far as vectors can be read without leaving the image.</summary>
    /// <param name="source">The image.</param>
    /// <param name="sourceRow">The first of its four rows.</param>
    /// <param name="result">Receives the pixels.</param>
    /// <param name="resultRow">The first of its four rows.</param>
    /// <returns>How many pixels of each row are done.</returns>
    public int Run(Raster source, int sourceRow, Raster result, int resultRow)
    {
        int stride = 3 * source.Width, resultStride = 3 * result.Width;
        for (int x = 0; x < result.Width; x++)
        {
            int firstStep = _firstSteps[x], steps = _firstSteps[x + 1] - firstStep;
            int start = sourceRow * stride + 3 * _weights.StartOf(x);

            // The last vector may reach into the next row, but must not reach past the image.
            long end = (long)start + (Rows - 1) * stride + BytesPerStep * (steps - 1) + Vector128<byte>.Count;
            if (end > source.Bytes.Length)
            {
                return x;
            }
            Vector128<byte> pixels;
            fixed (byte* input = &source.Bytes[start])
            {
                pixels = Sum(input, stride, _steps.AsSpan(2 * firstStep, 2 * steps));
            }
            Span<byte> output = result.Bytes.AsSpan(resultRow * resultStride + 3 * x);
            for (int row = 0; row < Rows; row++)
            {
                uint rgb = pixels.AsUInt32()[row];
                BinaryPrimitives.WriteUInt16LittleEndian(output[(row * resultStride)..], (ushort)rgb);
                output[row * resultStride + 2] = (byte)(rgb >> 16);
            }
        }
        return result.Width;
    }

    /// <summary>One output pixel of each of four rows, as r g b and an unused byte.</summary>
    private static Vector128<byte> Sum(byte* input, nint stride, ReadOnlySpan<Vector256<short>> steps)
    {
        Vector256<int> low0 = Vector256<int>.Zero, low1 = low0, low2 = low0, low3 = low0;
        Vector256<int> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        for (; steps.Length >= 2; steps = steps[2..], input += BytesPerStep)
        {
            Vector256<short> low = steps[0], high = steps[1];
            Vector256<short> pixels = Load(input);
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
        Vector128<short> rows01 = Vector128.Narrow(Finish(low0, high0), Finish(low1, high1));
        Vector128<short> rows23 = Vector128.Narrow(Finish(low2, high2), Finish(low3, high3));
        return Vector128.Narrow(rows01.AsUInt16(), rows23.AsUInt16());
    }

    /// <summary>Four pixels as 16-bit numbers: r0 r1 g0 g1 b0 b1 - - | r2 r3 g2 g3 b2 b3 - -.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Load(byte* input) =>
        Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(input), Vector256.Create(
            (byte)0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255,
            6, 255, 9, 255, 7, 255, 10, 255, 8, 255, 11, 255, 255, 255, 255, 255)).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Finish(Vector256<int> low, Vector256<int> high)
    {
        Vector256<int> both = low + (high << LowBits);
        Vector128<int> sum = both.GetLower() + both.GetUpper()
            + Vector128.Create(1 << (ResampleWeights.PrecisionBits - 1));
        return Vector128.Clamp(sum >> ResampleWeights.PrecisionBits, Vector128<int>.Zero, Vector128.Create(255));
    }

    /// <summary>Puts each weight where <see cref="Load"/> puts its pixel.</summary>
    private static Vector256<short> Spread(ReadOnlySpan<int> four, Func<int, int> part)
    {
        short a = (short)part(four[0]), b = (short)part(four[1]), c = (short)part(four[2]), d = (short)part(four[3]);
        return Vector256.Create(a, b, a, b, a, b, 0, 0, c, d, c, d, c, d, 0, 0);
    }
}
