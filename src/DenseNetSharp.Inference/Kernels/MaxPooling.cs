using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>The stem's 3x3 max pooling with stride 2, one line of outputs at a time.</summary>
internal static unsafe class MaxPooling<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>Pools a line.</summary>
    /// <param name="above">The upper line of inputs; the middle one again where there is none.</param>
    /// <param name="middle">The middle line.</param>
    /// <param name="below">The lower line; the middle one again where there is none.</param>
    /// <param name="inputWidth">Pixels of a line.</param>
    /// <param name="inputStride">From one to the next.</param>
    /// <param name="before">Pixels of the first window that lie before the line: 1, or 0 if the width is even.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="output">Receives ceil(inputWidth / 2) pixels.</param>
    /// <param name="outputStride">From one to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PoolLine(
        float* above,
        float* middle,
        float* below,
        int inputWidth,
        nint inputStride,
        int before,
        int channels,
        float* output,
        nint outputStride)
    {
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            // A window's last column is the next one's first.
            var right = before == 1 ? TUnit.Broadcast(float.NegativeInfinity) : MaxOfColumn(above, middle, below, c);
            for (nint x = 1 - before; x < inputWidth; x += 2)
            {
                var largest = TUnit.Max(right, MaxOfColumn(above, middle, below, (x * inputStride) + c));
                if (x + 1 < inputWidth)
                {
                    right = MaxOfColumn(above, middle, below, ((x + 1) * inputStride) + c);
                    largest = TUnit.Max(largest, right);
                }

                TUnit.Store(output + (x / 2 * outputStride) + c, largest);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector MaxOfColumn(float* above, float* middle, float* below, nint offset) =>
        TUnit.Max(TUnit.Max(TUnit.Load(above + offset), TUnit.Load(middle + offset)), TUnit.Load(below + offset));
}
