using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Into and out of the domain of Winograd's F(4x4, 3x3): V = B^T d B of 6x6 inputs, Y = A^T M A to 4x4 outputs, a vector of
/// channels at a time (arXiv 1509.09308, section 4.3).
/// </summary>
/// <remarks>
/// B^T has the rows (4, 0, -5, 0, 1, 0), (0, -4, -4, 1, 1, 0), (0, 4, -4, -1, 1, 0), (0, -2, -1, 2, 1, 0),
/// (0, 2, -1, -2, 1, 0), (0, 4, 0, -5, 0, 1); A^T the rows (1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0),
/// (0, 1, -1, 8, -8, 1). Each is applied down the columns, then along the rows; the second and third and the fourth and
/// fifth rows of B^T share their even and odd halves.
/// </remarks>
internal static unsafe class WinogradFour<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    private const int Input = 6;
    private const int Output = 4;

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
        var four = TUnit.Broadcast(4);
        var minusFour = TUnit.Broadcast(-4);
        var minusFive = TUnit.Broadcast(-5);
        var two = TUnit.Broadcast(2);
        var minusTwo = TUnit.Broadcast(-2);

        TUnit.Store(destination, TUnit.MultiplyAdd(four, d0, TUnit.MultiplyAdd(minusFive, d2, d4)));
        var even = TUnit.MultiplyAdd(minusFour, d2, d4);
        var odd = TUnit.MultiplyAdd(minusFour, d1, d3);
        TUnit.Store(destination + destinationStep, TUnit.Add(even, odd));
        TUnit.Store(destination + (2 * destinationStep), TUnit.Subtract(even, odd));
        even = TUnit.Subtract(d4, d2);
        odd = TUnit.Subtract(d3, d1);
        TUnit.Store(destination + (3 * destinationStep), TUnit.MultiplyAdd(two, odd, even));
        TUnit.Store(destination + (4 * destinationStep), TUnit.MultiplyAdd(minusTwo, odd, even));
        TUnit.Store(destination + (5 * destinationStep), TUnit.MultiplyAdd(four, d1, TUnit.MultiplyAdd(minusFive, d3, d5)));
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
        var sum12 = TUnit.Add(m1, m2);
        var difference12 = TUnit.Subtract(m1, m2);
        var sum34 = TUnit.Add(m3, m4);
        var difference34 = TUnit.Subtract(m3, m4);

        TUnit.Store(destination, TUnit.Add(TUnit.Add(m0, sum12), sum34));
        if (count > 1)
        {
            TUnit.Store(destination + destinationStep, TUnit.MultiplyAdd(TUnit.Broadcast(2), difference34, difference12));
        }

        if (count > 2)
        {
            TUnit.Store(destination + (2 * destinationStep), TUnit.MultiplyAdd(TUnit.Broadcast(4), sum34, sum12));
        }

        if (count > 3)
        {
            TUnit.Store(
                destination + (3 * destinationStep),
                TUnit.Add(TUnit.MultiplyAdd(TUnit.Broadcast(8), difference34, difference12), m5));
        }
    }
}
