using System.Runtime.CompilerServices;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// The stem's blurred pooling, one line of outputs at a time: a 3x3 max pooling with stride 1, then over its maps, reflected at
/// their borders, the binomial filter [1, 2, 1] x [1, 2, 1] / 16 with stride 2.
/// </summary>
internal static unsafe class BlurPooling<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>Pools a line.</summary>
    /// <param name="lines">Nine lines of inputs: for each of the three lines of maxima that are blurred the three that it is of; the
    /// middle one again where there is none.</param>
    /// <param name="inputWidth">Pixels of a line, at least 2.</param>
    /// <param name="inputStride">From one to the next.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="output">Receives ceil(inputWidth / 2) pixels.</param>
    /// <param name="outputStride">From one to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PoolLine(
        float** lines, int inputWidth, nint inputStride, int channels, float* output, nint outputStride)
    {
        var two = TUnit.Broadcast(2);
        var sixteenth = TUnit.Broadcast(1f / 16);
        var outside = TUnit.Broadcast(float.NegativeInfinity);
        for (nint c = 0; c < channels; c += TUnit.Lanes)
        {
            // Columns x - 1 to x + 2, in each the maxima down the three windows; and the blurred lines at x - 1, x and x + 1.
            TVector p0 = outside, p1 = outside, p2 = outside;
            MaxOfColumn(lines, c, out var q0, out var q1, out var q2);
            var left = outside;
            for (var x = 0; x < inputWidth; x += 2)
            {
                TVector r0 = outside, r1 = outside, r2 = outside;
                TVector s0 = outside, s1 = outside, s2 = outside;
                var hasRight = x + 1 < inputWidth;
                if (hasRight)
                {
                    MaxOfColumn(lines, ((x + 1) * inputStride) + c, out r0, out r1, out r2);
                }

                if (x + 2 < inputWidth)
                {
                    MaxOfColumn(lines, ((x + 2) * inputStride) + c, out s0, out s1, out s2);
                }

                var middle = Blur(two, p0, p1, p2, q0, q1, q2, r0, r1, r2);
                // Beyond the line's ends are, reflected, the pixels before them.
                var right = hasRight ? Blur(two, q0, q1, q2, r0, r1, r2, s0, s1, s2) : left;
                var outer = TUnit.Add(x == 0 ? right : left, right);
                TUnit.Store(output + (x / 2 * outputStride) + c, TUnit.Multiply(TUnit.MultiplyAdd(two, middle, outer), sixteenth));
                (p0, p1, p2, q0, q1, q2, left) = (r0, r1, r2, s0, s1, s2, right);
            }
        }
    }

    /// <summary>[1, 2, 1] down the lines of the windows' maxima.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Blur(
        TVector two,
        TVector p0,
        TVector p1,
        TVector p2,
        TVector q0,
        TVector q1,
        TVector q2,
        TVector r0,
        TVector r1,
        TVector r2) =>
        TUnit.MultiplyAdd(
            two,
            TUnit.Max(TUnit.Max(p1, q1), r1),
            TUnit.Add(TUnit.Max(TUnit.Max(p0, q0), r0), TUnit.Max(TUnit.Max(p2, q2), r2)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MaxOfColumn(float** lines, nint offset, out TVector upper, out TVector middle, out TVector lower)
    {
        upper = MaxOf(lines, offset);
        middle = MaxOf(lines + 3, offset);
        lower = MaxOf(lines + 6, offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector MaxOf(float** lines, nint offset) =>
        TUnit.Max(TUnit.Max(TUnit.Load(lines[0] + offset), TUnit.Load(lines[1] + offset)), TUnit.Load(lines[2] + offset));
}
