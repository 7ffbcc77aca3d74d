using System.Runtime.CompilerServices;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Packs the average over 2x2 pixels, each after a batch norm and ReLU, for a product: what comes before a transition's
/// convolution once its pooling has changed places with it.
/// </summary>
internal static unsafe class PooledRows<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>Packs one window.</summary>
    /// <param name="source">The window's upper left pixel.</param>
    /// <param name="pixelStride">From a pixel to the one on the right.</param>
    /// <param name="lineStride">From a pixel to the one below.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="scale">One a channel, in whole vectors.</param>
    /// <param name="shift">One a channel, in whole vectors.</param>
    /// <param name="packed">Receives the row as <see cref="PackedRows"/> says.</param>
    /// <param name="chunkStride">From one of its chunks to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(
        float* source, nint pixelStride, nint lineStride, int channels, float* scale, float* shift, float* packed, nint chunkStride)
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
}
