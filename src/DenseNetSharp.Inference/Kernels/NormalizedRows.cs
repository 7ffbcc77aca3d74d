using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Packs pixels for a product and applies a batch norm and ReLU on the way: max(0, scale x + shift).</summary>
internal static unsafe class NormalizedRows<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>Packs neighbouring pixels.</summary>
    /// <param name="source">The first pixel.</param>
    /// <param name="pixelStride">From one pixel to the next.</param>
    /// <param name="rows">Pixels.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="scale">One a channel, in whole vectors.</param>
    /// <param name="shift">One a channel, in whole vectors.</param>
    /// <param name="packed">Receives the rows as <see cref="PackedRows"/> says.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(
        float* source, nint pixelStride, int rows, int channels, float* scale, float* shift, float* packed)
    {
        var zero = TUnit.Broadcast(0);
        for (var start = 0; start < channels; start += PackedRows.Stride)
        {
            var length = Math.Min(PackedRows.Stride, channels - start);
            for (var row = 0; row < rows; row++)
            {
                var from = source + (row * pixelStride) + start;
                for (nint c = 0; c < length; c += TUnit.Lanes)
                {
                    var value = TUnit.MultiplyAdd(
                        TUnit.Load(from + c), TUnit.Load(scale + start + c), TUnit.Load(shift + start + c));
                    TUnit.Store(packed + c, TUnit.AtLeast(zero, value));
                }

                packed += PackedRows.Stride;
            }
        }
    }

    /// <summary>Packs the average over 2x2 pixels, each after norm and ReLU: a transition's pooling.</summary>
    /// <param name="source">The upper left pixel of the first window; the windows lie side by side.</param>
    /// <param name="lineStride">From a pixel to the one below.</param>
    /// <inheritdoc cref="Pack"/>
#pragma warning disable CS1573 // The other parameters are inherited.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackPooled(
        float* source, nint pixelStride, nint lineStride, int channels, float* scale, float* shift, float* packed, nint chunkStride)
#pragma warning restore CS1573
    {
        var zero = TUnit.Broadcast(0);
        var quarter = TUnit.Broadcast(0.25f);
        for (var start = 0; start < channels; start += PackedRows.Stride)
        {
            var length = Math.Min(PackedRows.Stride, channels - start);
            for (nint c = 0; c < length; c += TUnit.Lanes)
            {
                var a = TUnit.Load(scale + start + c);
                var b = TUnit.Load(shift + start + c);
                var x = source + start + c;
                var sum = TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(x), a, b));
                sum = TUnit.Add(sum, TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(x + pixelStride), a, b)));
                sum = TUnit.Add(sum, TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(x + lineStride), a, b)));
                sum = TUnit.Add(sum, TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(x + lineStride + pixelStride), a, b)));
                TUnit.Store(packed + c, TUnit.Multiply(sum, quarter));
            }

            packed += chunkStride;
        }
    }

    /// <summary>The mean over pixels of max(0, scale x + shift): global average pooling after the last norm and ReLU.</summary>
    /// <param name="source">The first pixel.</param>
    /// <param name="pixelStride">From one pixel to the next.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="scale">One a channel, in whole vectors.</param>
    /// <param name="shift">One a channel, in whole vectors.</param>
    /// <param name="mean">Receives one a channel, in whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float* mean)
    {
        var zero = TUnit.Broadcast(0);
        var factor = TUnit.Broadcast(1f / pixels);
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var a = TUnit.Load(scale + c);
            var b = TUnit.Load(shift + c);
            var sum = zero;
            var x = source + c;
            for (var i = 0; i < pixels; i++, x += pixelStride)
            {
                sum = TUnit.Add(sum, TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(x), a, b)));
            }

            TUnit.Store(mean + c, TUnit.Multiply(sum, factor));
        }
    }
}
