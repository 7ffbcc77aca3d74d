using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// Global average and max pooling after the last batch norm and ReLU: over pixels of max(floor, scale x + shift).
/// </summary>
/// <remarks>
/// Many pixels are halved until few are left to add one after another: a million equal values, a radiograph's black border,
/// would otherwise add up to an error of a thousandth.
/// </remarks>
internal static unsafe class GlobalPooled<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    private const int Few = 32;

    /// <summary>Averages.</summary>
    /// <param name="source">The first pixel.</param>
    /// <param name="pixelStride">From one pixel to the next.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="scale">One a channel, in whole vectors.</param>
    /// <param name="shift">One a channel, in whole vectors.</param>
    /// <param name="floor">0 after a ReLU, minus infinity without.</param>
    /// <param name="mean">Receives one a channel, in whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* mean)
    {
        var least = TUnit.Broadcast(floor);
        var factor = TUnit.Broadcast(1f / pixels);
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var sum = Sum(source + c, pixelStride, pixels, TUnit.Load(scale + c), TUnit.Load(shift + c), least);
            TUnit.Store(mean + c, TUnit.Multiply(sum, factor));
        }
    }

    /// <summary>Finds the largest values.</summary>
    /// <param name="largest">Receives one a channel, in whole vectors.</param>
    /// <inheritdoc cref="Average"/>
#pragma warning disable CS1573 // The other parameters are inherited.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Largest(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float floor, float* largest)
#pragma warning restore CS1573
    {
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var (a, b) = (TUnit.Load(scale + c), TUnit.Load(shift + c));
            var most = TUnit.Broadcast(float.NegativeInfinity);
            for (var i = 0; i < pixels; i++)
            {
                most = TUnit.Max(most, TUnit.MultiplyAdd(TUnit.Load(source + (i * pixelStride) + c), a, b));
            }

            TUnit.Store(largest + c, TUnit.AtLeast(TUnit.Broadcast(floor), most));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVector Sum(float* source, nint pixelStride, int pixels, TVector scale, TVector shift, TVector floor)
    {
        if (pixels > Few)
        {
            var half = pixels / 2;
            return TUnit.Add(
                Sum(source, pixelStride, half, scale, shift, floor),
                Sum(source + (half * pixelStride), pixelStride, pixels - half, scale, shift, floor));
        }

        var sum = TUnit.Broadcast(0);
        for (var i = 0; i < pixels; i++, source += pixelStride)
        {
            sum = TUnit.Add(sum, TUnit.AtLeast(floor, TUnit.MultiplyAdd(TUnit.Load(source), scale, shift)));
        }

        return sum;
    }
}
