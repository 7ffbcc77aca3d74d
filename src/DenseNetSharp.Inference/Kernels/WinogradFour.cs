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
    private const float A = (float)WinogradScheme.FirstPoint;
    private const float B = (float)WinogradScheme.SecondPoint;

    /// <summary>Transforms one tile of inputs.</summary>
    /// <param name="source">The upper left pixel.</param>
    /// <param name="lineStride">From a pixel to the one below; side by side they are TStride apart.</param>
    /// <param name="channels">Channels, at most a chunk's.</param>
    /// <param name="transformed">Receives the tile's row at each position.</param>
    /// <param name="positionStride">From one position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput<TStride>(
        float* source, nint lineStride, int channels, float* transformed, nint positionStride)
        where TStride : IConstant
    {
        // Two rows of B^T d at a time stay in registers until B has been applied to them.
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var d = source + c;
            var v = transformed + c;
            StoreEdge<TStride>(d, lineStride, v, positionStride);
            StorePair<TStride>(A, -B * B, d, lineStride, v + (Input * positionStride), positionStride);
            StorePair<TStride>(B, -A * A, d, lineStride, v + (3 * Input * positionStride), positionStride);
            StoreEdge<TStride>(d + lineStride, lineStride, v + (5 * Input * positionStride), positionStride);
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
    /// <param name="bias">What is added to the outputs, one a channel; read only if TFinish is 1.</param>
    /// <param name="floor">Outputs below are raised to it, if TFinish is 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformOutput<TFinish>(
        float* products,
        nint positionStride,
        int channels,
        float* output,
        nint pixelStride,
        nint lineStride,
        int height,
        int width,
        float* bias,
        float floor)
        where TFinish : IConstant
    {
        var least = TFinish.Value == 1 ? TUnit.Broadcast(floor) : default;
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var m = products + c;
            SumColumn(m, positionStride, out var a0, out var a1, out var a2, out var a3);
            SumColumn(m + positionStride, positionStride, out var b0, out var b1, out var b2, out var b3);
            SumColumn(m + (2 * positionStride), positionStride, out var c0, out var c1, out var c2, out var c3);
            SumColumn(m + (3 * positionStride), positionStride, out var d0, out var d1, out var d2, out var d3);
            SumColumn(m + (4 * positionStride), positionStride, out var e0, out var e1, out var e2, out var e3);
            SumColumn(m + (5 * positionStride), positionStride, out var f0, out var f1, out var f2, out var f3);
            var y = output + c;
            var added = TFinish.Value == 1 ? TUnit.Load(bias + c) : default;
            StoreOutputs<TFinish>(added, least, y, pixelStride, width, a0, b0, c0, d0, e0, f0);
            if (height > 1)
            {
                StoreOutputs<TFinish>(added, least, y + lineStride, pixelStride, width, a1, b1, c1, d1, e1, f1);
            }

            if (height > 2)
            {
                StoreOutputs<TFinish>(added, least, y + (2 * lineStride), pixelStride, width, a2, b2, c2, d2, e2, f2);
            }

            if (height > 3)
            {
                StoreOutputs<TFinish>(added, least, y + (3 * lineStride), pixelStride, width, a3, b3, c3, d3, e3, f3);
            }
        }
    }

    /// <summary>The row of (B^T d) B that the first row of B^T gives; one line further down, that of the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEdge<TStride>(float* source, nint lineStride, float* destination, nint step)
        where TStride : IConstant
    {
        StoreRow(
            destination,
            step,
            LoadEdge(source, lineStride),
            LoadEdge(source + TStride.Value, lineStride),
            LoadEdge(source + (2 * TStride.Value), lineStride),
            LoadEdge(source + (3 * TStride.Value), lineStride),
            LoadEdge(source + (4 * TStride.Value), lineStride),
            LoadEdge(source + (5 * TStride.Value), lineStride));
    }

    /// <summary>The two rows of (B^T d) B that the rows of B^T of a point and its negative give.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair<TStride>(
        float point, float minusOtherSquared, float* source, nint lineStride, float* destination, nint step)
        where TStride : IConstant
    {
        LoadPair(point, minusOtherSquared, source, lineStride, out var a0, out var a1);
        LoadPair(point, minusOtherSquared, source + TStride.Value, lineStride, out var b0, out var b1);
        LoadPair(point, minusOtherSquared, source + (2 * TStride.Value), lineStride, out var c0, out var c1);
        LoadPair(point, minusOtherSquared, source + (3 * TStride.Value), lineStride, out var d0, out var d1);
        LoadPair(point, minusOtherSquared, source + (4 * TStride.Value), lineStride, out var e0, out var e1);
        LoadPair(point, minusOtherSquared, source + (5 * TStride.Value), lineStride, out var f0, out var f1);
        StoreRow(destination, step, a0, b0, c0, d0, e0, f0);
        StoreRow(destination + (Input * step), step, a1, b1, c1, d1, e1, f1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LoadEdge(float* column, nint step) =>
        Edge(TUnit.Load(column), TUnit.Load(column + (2 * step)), TUnit.Load(column + (4 * step)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadPair(
        float point, float minusOtherSquared, float* column, nint step, out TVector plus, out TVector minus) =>
        Pair(
            point,
            minusOtherSquared,
            TUnit.Load(column + step),
            TUnit.Load(column + (2 * step)),
            TUnit.Load(column + (3 * step)),
            TUnit.Load(column + (4 * step)),
            out plus,
            out minus);

    /// <summary>(B^T d) B for one row of B^T d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(
        float* destination, nint step, TVector t0, TVector t1, TVector t2, TVector t3, TVector t4, TVector t5)
    {
        TUnit.Store(destination, Edge(t0, t2, t4));
        Pair(A, -B * B, t1, t2, t3, t4, out var plus, out var minus);
        TUnit.Store(destination + step, plus);
        TUnit.Store(destination + (2 * step), minus);
        Pair(B, -A * A, t1, t2, t3, t4, out plus, out minus);
        TUnit.Store(destination + (3 * step), plus);
        TUnit.Store(destination + (4 * step), minus);
        TUnit.Store(destination + (5 * step), Edge(t1, t3, t5));
    }

    /// <summary>(aabb, 0, -aa-bb, 0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Edge(TVector x0, TVector x2, TVector x4) =>
        TUnit.MultiplyAdd(TUnit.Broadcast(A * A * B * B), x0, TUnit.MultiplyAdd(TUnit.Broadcast(-((A * A) + (B * B))), x2, x4));

    /// <summary>(0, -abb, -bb, a, 1) of a point a, and of its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(
        float point, float minusOtherSquared, TVector x1, TVector x2, TVector x3, TVector x4, out TVector plus, out TVector minus)
    {
        var factor = TUnit.Broadcast(minusOtherSquared);
        var even = TUnit.MultiplyAdd(factor, x2, x4);
        var odd = TUnit.MultiplyAdd(factor, x1, x3);
        plus = TUnit.MultiplyAdd(TUnit.Broadcast(point), odd, even);
        minus = TUnit.MultiplyAdd(TUnit.Broadcast(-point), odd, even);
    }

    /// <summary>A^T m for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumColumn(
        float* products, nint positionStride, out TVector y0, out TVector y1, out TVector y2, out TVector y3)
    {
        var step = Input * positionStride;
        var m0 = TUnit.Load(products);
        var m1 = TUnit.Load(products + step);
        var m2 = TUnit.Load(products + (2 * step));
        var m3 = TUnit.Load(products + (3 * step));
        var m4 = TUnit.Load(products + (4 * step));
        var m5 = TUnit.Load(products + (5 * step));
        var (sumA, differenceA, sumB, differenceB) =
            (TUnit.Add(m1, m2), TUnit.Subtract(m1, m2), TUnit.Add(m3, m4), TUnit.Subtract(m3, m4));
        y0 = TUnit.Add(TUnit.Add(m0, sumA), sumB);
        y1 = Combine(A, differenceA, B, differenceB);
        y2 = Combine(A * A, sumA, B * B, sumB);
        y3 = TUnit.Add(Combine(A * A * A, differenceA, B * B * B, differenceB), m5);
    }

    /// <summary>(A^T m) A for one row, as much as lies inside the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs<TFinish>(
        TVector bias,
        TVector floor,
        float* output,
        nint pixelStride,
        int width,
        TVector m0,
        TVector m1,
        TVector m2,
        TVector m3,
        TVector m4,
        TVector m5)
        where TFinish : IConstant
    {
        var (sumA, differenceA, sumB, differenceB) =
            (TUnit.Add(m1, m2), TUnit.Subtract(m1, m2), TUnit.Add(m3, m4), TUnit.Subtract(m3, m4));
        TUnit.Store(output, Finish<TFinish>(TUnit.Add(TUnit.Add(m0, sumA), sumB), bias, floor));
        if (width > 1)
        {
            TUnit.Store(output + pixelStride, Finish<TFinish>(Combine(A, differenceA, B, differenceB), bias, floor));
        }

        if (width > 2)
        {
            TUnit.Store(output + (2 * pixelStride), Finish<TFinish>(Combine(A * A, sumA, B * B, sumB), bias, floor));
        }

        if (width > 3)
        {
            TUnit.Store(output + (3 * pixelStride), Finish<TFinish>(TUnit.Add(Combine(A * A * A, differenceA, B * B * B, differenceB), m5), bias, floor));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Combine(float factorX, TVector x, float factorY, TVector y) =>
        TUnit.MultiplyAdd(TUnit.Broadcast(factorX), x, TUnit.Multiply(TUnit.Broadcast(factorY), y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish<TFinish>(TVector value, TVector bias, TVector floor)
        where TFinish : IConstant =>
        TFinish.Value == 1 ? TUnit.AtLeast(floor, TUnit.Add(value, bias)) : value;
}
