using System.Runtime.CompilerServices;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Packs pixels for a product and applies a batch norm and ReLU on the way: max(floor, scale x + shift).</summary>
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
    /// <param name="floor">0 for a ReLU, minus infinity for none.</param>
    /// <param name="packed">Receives the rows as <see cref="PackedRows"/> says.</param>
    /// <param name="chunkStride">From one of their chunks to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(
        float* source, nint pixelStride, int rows, int channels, float* scale, float* shift, float floor, float* packed, nint chunkStride)
    {
        var least = TUnit.Broadcast(floor);
        for (var start = 0; start < channels; start += PackedRows.Stride)
        {
            var length = Math.Min(PackedRows.Stride, channels - start);
            var to = packed;
            for (var row = 0; row < rows; row++)
            {
                var from = source + (row * pixelStride) + start;
                for (nint c = 0; c < length; c += TUnit.Lanes)
                {
                    var value = TUnit.MultiplyAdd(
                        TUnit.Load(from + c), TUnit.Load(scale + start + c), TUnit.Load(shift + start + c));
                    TUnit.Store(to + c, TUnit.AtLeast(least, value));
                }

                to += PackedRows.Stride;
            }

            packed += chunkStride;
        }
    }
}
