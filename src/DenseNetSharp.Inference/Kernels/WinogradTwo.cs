using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Into and out of the domain of Winograd's F(2x2, 3x3): V = B^T d B of 4x4 inputs, Y = A^T M A to 2x2 outputs, a vector of
/// channels at a time (arXiv 1509.09308, section 4.1).
/// </summary>
/// <remarks>
/// B^T has the rows (1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1); A^T the rows (1, 1, 1, 0), (0, 1, -1, -1).
/// A tile's 16 values stay in registers from the first to the last step.
/// </remarks>
internal static unsafe class WinogradTwo<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformInput{TStride}"/>
#pragma warning disable CS1573 // The parameters are inherited.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformInput<TStride>(
        float* source, nint lineStride, int channels, float* transformed, nint positionStride)
#pragma warning restore CS1573
        where TStride : IConstant
    {
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var d = source + c;
            LoadColumn(d, lineStride, out var a0, out var a1, out var a2, out var a3);
            LoadColumn(d + TStride.Value, lineStride, out var b0, out var b1, out var b2, out var b3);
            LoadColumn(d + (2 * TStride.Value), lineStride, out var c0, out var c1, out var c2, out var c3);
            LoadColumn(d + (3 * TStride.Value), lineStride, out var d0, out var d1, out var d2, out var d3);
            var v = transformed + c;
            StoreRow(v, positionStride, a0, b0, c0, d0);
            StoreRow(v + (4 * positionStride), positionStride, a1, b1, c1, d1);
            StoreRow(v + (8 * positionStride), positionStride, a2, b2, c2, d2);
            StoreRow(v + (12 * positionStride), positionStride, a3, b3, c3, d3);
        }
    }

    /// <inheritdoc cref="WinogradFour{TUnit, TVector}.TransformOutput{TFinish}"/>
#pragma warning disable CS1573 // The parameters are inherited.
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
#pragma warning restore CS1573
        where TFinish : IConstant
    {
        var least = TFinish.Value == 1 ? TUnit.Broadcast(floor) : default;
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var m = products + c;
            SumColumn(m, positionStride, out var a0, out var a1);
            SumColumn(m + positionStride, positionStride, out var b0, out var b1);
            SumColumn(m + (2 * positionStride), positionStride, out var c0, out var c1);
            SumColumn(m + (3 * positionStride), positionStride, out var d0, out var d1);
            var added = TFinish.Value == 1 ? TUnit.Load(bias + c) : default;
            StoreOutputs<TFinish>(added, least, output + c, pixelStride, width, a0, b0, c0, d0);
            if (height > 1)
            {
                StoreOutputs<TFinish>(added, least, output + c + lineStride, pixelStride, width, a1, b1, c1, d1);
            }
        }
    }

    /// <summary>B^T d for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadColumn(float* source, nint step, out TVector t0, out TVector t1, out TVector t2, out TVector t3)
    {
        var x0 = TUnit.Load(source);
        var x1 = TUnit.Load(source + step);
        var x2 = TUnit.Load(source + (2 * step));
        var x3 = TUnit.Load(source + (3 * step));
        t0 = TUnit.Subtract(x0, x2);
        t1 = TUnit.Add(x1, x2);
        t2 = TUnit.Subtract(x2, x1);
        t3 = TUnit.Subtract(x1, x3);
    }

    /// <summary>(B^T d) B for one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(float* destination, nint step, TVector t0, TVector t1, TVector t2, TVector t3)
    {
        TUnit.Store(destination, TUnit.Subtract(t0, t2));
        TUnit.Store(destination + step, TUnit.Add(t1, t2));
        TUnit.Store(destination + (2 * step), TUnit.Subtract(t2, t1));
        TUnit.Store(destination + (3 * step), TUnit.Subtract(t1, t3));
    }

    /// <summary>A^T m for one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumColumn(float* products, nint positionStride, out TVector y0, out TVector y1)
    {
        var m1 = TUnit.Load(products + (4 * positionStride));
        var m2 = TUnit.Load(products + (8 * positionStride));
        y0 = TUnit.Add(TUnit.Add(TUnit.Load(products), m1), m2);
        y1 = TUnit.Subtract(TUnit.Subtract(m1, m2), TUnit.Load(products + (12 * positionStride)));
    }

    /// <summary>(A^T m) A for one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreOutputs<TFinish>(
        TVector bias,
        TVector floor,
        float* output,
        nint pixelStride,
        int width,
        TVector t0,
        TVector t1,
        TVector t2,
        TVector t3)
        where TFinish : IConstant
    {
        TUnit.Store(output, Finish<TFinish>(TUnit.Add(TUnit.Add(t0, t1), t2), bias, floor));
        if (width > 1)
        {
            TUnit.Store(output + pixelStride, Finish<TFinish>(TUnit.Subtract(TUnit.Subtract(t1, t2), t3), bias, floor));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Finish<TFinish>(TVector value, TVector bias, TVector floor)
        where TFinish : IConstant =>
        TFinish.Value == 1 ? TUnit.AtLeast(floor, TUnit.Add(value, bias)) : value;
}
