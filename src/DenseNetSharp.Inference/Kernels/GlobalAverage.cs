using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Global average pooling after the last batch norm and ReLU: the mean over pixels of max(0, scale x + shift).</summary>
/// <remarks>
/// Many pixels are halved until few are left to add one after another: a million equal values, a radiograph's black border,
/// would otherwise add up to an error of a thousandth.
/// </remarks>
internal static unsafe class GlobalAverage<TUnit, TVector>
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
    /// <param name="mean">Receives one a channel, in whole vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Average(
        float* source, nint pixelStride, int pixels, int channels, float* scale, float* shift, float* mean)
    {
        var factor = TUnit.Broadcast(1f / pixels);
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            var sum = Sum(source + c, pixelStride, pixels, TUnit.Load(scale + c), TUnit.Load(shift + c));
            TUnit.Store(mean + c, TUnit.Multiply(sum, factor));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVector Sum(float* source, nint pixelStride, int pixels, TVector scale, TVector shift)
    {
        if (pixels > Few)
        {
            var half = pixels / 2;
            return TUnit.Add(
                Sum(source, pixelStride, half, scale, shift),
                Sum(source + (half * pixelStride), pixelStride, pixels - half, scale, shift));
        }

        var zero = TUnit.Broadcast(0);
        var sum = zero;
        for (var i = 0; i < pixels; i++, source += pixelStride)
        {
            sum = TUnit.Add(sum, TUnit.AtLeast(zero, TUnit.MultiplyAdd(TUnit.Load(source), scale, shift)));
        }

        return sum;
    }
}
