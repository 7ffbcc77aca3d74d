using System.Runtime.CompilerServices;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Into and out of the domain of Winograd's F(4x4, 3x3): V = B^T d B of 6x6 inputs, Y = A^T M A to 4x4 outputs, a vector of
/// channels at a time (arXiv 1509.09308, section 4.3).
/// </summary>
/// <remarks>
/// The transforms evaluate and interpolate polynomials at the points 0, a, -a, b, -b and infinity. The paper has a = 1, b = 2;
/// here they are 5/8 and 3/2, numbers that floats hold exactly and with which the largest rounding error is a quarter.
/// B^T has the rows (aabb, 0, -aa-bb, 0, 1, 0), (0, -abb, -bb, a, 1, 0), (0, abb, -bb, -a, 1, 0), (0, -aab, -aa, b, 1, 0),
/// (0, aab, -aa, -b, 1, 0), (0, aabb, 0, -aa-bb, 0, 1); A^T the powers 0 to 3 of the points, with 1 for infinity in the
/// last row. Each is applied down the columns, then along the rows; the rows of a and -a, and of b and -b, share their even
/// and odd halves.
/// </remarks>
internal static unsafe class WinogradFour<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    private const int Input = 6;
    private const int Output = 4;
    private const float A = (float)WinogradScheme.FirstPoint;
    private const float B = (float)WinogradScheme.SecondPoint;

    /// <summary>Transforms one tile of inputs.</summary>
    /// <param name="source">The upper left pixel.</param>
    /// <param name="lineStride">From a pixel to the one below; side by side they are <see cref="PackedRows.Stride"/> apart.</param>
    /// <param name="channels">Channels, at most a chunk's.</param>
    /// <param name="transformed">Receives the tile's row at each position.</param>
    /// <param name="positionStride">From one position to the next.</param>
    /// <param name="halfway">36 vectors to work in.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput(
        float* source, nint lineStride, int channels, float* transformed, nint positionStride, float* halfway)
    {
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            for (nint x = 0; x < Input; x++)
            {
                var column = source + c + (x * PackedRows.Stride);
                TransformSix(column, lineStride, halfway + (x * TUnit.Lanes), Input * TUnit.Lanes);
            }

            for (nint y = 0; y < Input; y++)
            {
                TransformSix(
                    halfway + (y * Input * TUnit.Lanes), TUnit.Lanes, transformed + c + (y * Input * positionStride), positionStride);
            }
        }
    }

    /// <summary>Transforms one tile of products.</summary>
    /// <param name="products">The tile's row at the first position.</param>
    /// <param name="positionStride">From one position to the next.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="output">The upper left output.</param>
    /// <param name="pixelStride">From one output to the next.</param>
    /// <param name="lineStride">From an output to the one below.</param>
    /// <param name="height">Outputs inside the image, downwards.</param>
    /// <param name="width">Outputs inside the image, to the right.</param>
    /// <param name="halfway">36 vectors to work in.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput(
        float* products,
        nint positionStride,
        int channels,
        float* output,
        nint pixelStride,
        nint lineStride,
        int height,
        int width,
        float* halfway)
    {
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            for (nint x = 0; x < Input; x++)
            {
                TransformToFour(
                    products + c + (x * positionStride), Input * positionStride, halfway + (x * TUnit.Lanes), Input * TUnit.Lanes, Output);
            }

            for (nint y = 0; y < height; y++)
            {
                TransformToFour(
                    halfway + (y * Input * TUnit.Lanes), TUnit.Lanes, output + c + (y * lineStride), pixelStride, width);
            }
        }
    }

    /// <summary>B^T d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformSix(float* source, nint step, float* destination, nint destinationStep)
    {
        var d0 = TUnit.Load(source);
        var d1 = TUnit.Load(source + step);
        var d2 = TUnit.Load(source + (2 * step));
        var d3 = TUnit.Load(source + (3 * step));
        var d4 = TUnit.Load(source + (4 * step));
        var d5 = TUnit.Load(source + (5 * step));
        var product = TUnit.Broadcast(A * A * B * B);
        var minusSum = TUnit.Broadcast(-((A * A) + (B * B)));
        TUnit.Store(destination, TUnit.MultiplyAdd(product, d0, TUnit.MultiplyAdd(minusSum, d2, d4)));
        StorePair(A, -B * B, d1, d2, d3, d4, destination + destinationStep, destinationStep);
        StorePair(B, -A * A, d1, d2, d3, d4, destination + (3 * destinationStep), destinationStep);
        TUnit.Store(destination + (5 * destinationStep), TUnit.MultiplyAdd(product, d1, TUnit.MultiplyAdd(minusSum, d3, d5)));
    }

    /// <summary>The rows of B^T of a point and its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(
        float point, float minusOtherSquared, TVector d1, TVector d2, TVector d3, TVector d4, float* destination, nint destinationStep)
    {
        var factor = TUnit.Broadcast(minusOtherSquared);
        var even = TUnit.MultiplyAdd(factor, d2, d4);
        var odd = TUnit.MultiplyAdd(factor, d1, d3);
        TUnit.Store(destination, TUnit.MultiplyAdd(TUnit.Broadcast(point), odd, even));
        TUnit.Store(destination + destinationStep, TUnit.MultiplyAdd(TUnit.Broadcast(-point), odd, even));
    }

    /// <summary>A^T m, the first <paramref name="count"/> of four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformToFour(float* source, nint step, float* destination, nint destinationStep, int count)
    {
        var m0 = TUnit.Load(source);
        var m1 = TUnit.Load(source + step);
        var m2 = TUnit.Load(source + (2 * step));
        var m3 = TUnit.Load(source + (3 * step));
        var m4 = TUnit.Load(source + (4 * step));
        var m5 = TUnit.Load(source + (5 * step));
        var sumA = TUnit.Add(m1, m2);
        var differenceA = TUnit.Subtract(m1, m2);
        var sumB = TUnit.Add(m3, m4);
        var differenceB = TUnit.Subtract(m3, m4);

        TUnit.Store(destination, TUnit.Add(TUnit.Add(m0, sumA), sumB));
        if (count > 1)
        {
            TUnit.Store(destination + destinationStep, Combine(A, differenceA, B, differenceB));
        }

        if (count > 2)
        {
            TUnit.Store(destination + (2 * destinationStep), Combine(A * A, sumA, B * B, sumB));
        }

        if (count > 3)
        {
            TUnit.Store(
                destination + (3 * destinationStep), TUnit.Add(Combine(A * A * A, differenceA, B * B * B, differenceB), m5));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Combine(float factorX, TVector x, float factorY, TVector y) =>
        TUnit.MultiplyAdd(TUnit.Broadcast(factorX), x, TUnit.Multiply(TUnit.Broadcast(factorY), y));
}
