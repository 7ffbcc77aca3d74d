using System.Runtime.CompilerServices;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>
/// The one matrix product: [rows, K] pixels times [K, N] weights, a tile of up to 14 rows by 1, 2 or 3 vectors at a time.
/// </summary>
/// <remarks>
/// The tile's sums stay in registers for all of K: in each step the vectors of one row of weights are loaded, and each
/// pixel's value is spread over a vector and multiplied in. With 14 rows by 2 vectors that is 28 multiply-adds for 16
/// loads, so the multipliers, not the loads, set the pace.
/// Pixels lie as <see cref="PackedRows"/> says, weights as the steps read them: K rows of vectors * lanes floats.
/// The number of rows and vectors are constants too: the compiler makes one straight loop of each combination in use.
/// </remarks>
internal static unsafe class MicroKernel<TUnit, TVector>
    where TUnit : IVectorUnit<TVector>
    where TVector : unmanaged
{
    /// <summary>
    /// How far ahead weights are fetched, in floats. A network's weights do not fit the caches, so the first tile to use
    /// some waits for memory, and the processor's own prefetching ends at each page of 4 KiB: 32 steps of two AVX-512 vectors.
    /// </summary>
    private const int Ahead = 2048;

    /// <summary>Multiplies one tile.</summary>
    /// <param name="product">The operands, shared by the tiles of one product.</param>
    /// <param name="pixels">The tile's first row in the first chunk.</param>
    /// <param name="weights">The panel: [K, vectors * lanes].</param>
    /// <param name="bias">What the sums start from: [vectors * lanes].</param>
    /// <param name="output">Receives row r at output + rowOffsets[r].</param>
    /// <param name="rowOffsets">One offset a row, in floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows, TVectors>(
        in ProductShape product, float* pixels, float* weights, float* bias, float* output, nint* rowOffsets)
        where TRows : IConstant
        where TVectors : IConstant
    {
        var bias0 = TUnit.Load(bias);
        var bias1 = TVectors.Value > 1 ? TUnit.Load(bias + TUnit.Lanes) : default;
        var bias2 = TVectors.Value > 2 ? TUnit.Load(bias + (2 * TUnit.Lanes)) : default;
        TVector s0a = bias0, s0b = bias1, s0c = bias2;
        TVector s1a = bias0, s1b = bias1, s1c = bias2;
        TVector s2a = bias0, s2b = bias1, s2c = bias2;
        TVector s3a = bias0, s3b = bias1, s3c = bias2;
        TVector s4a = bias0, s4b = bias1, s4c = bias2;
        TVector s5a = bias0, s5b = bias1, s5c = bias2;
        TVector s6a = bias0, s6b = bias1, s6c = bias2;
        TVector s7a = bias0, s7b = bias1, s7c = bias2;
        TVector s8a = bias0, s8b = bias1, s8c = bias2;
        TVector s9a = bias0, s9b = bias1, s9c = bias2;
        TVector s10a = bias0, s10b = bias1, s10c = bias2;
        TVector s11a = bias0, s11b = bias1, s11c = bias2;
        TVector s12a = bias0, s12b = bias1, s12c = bias2;
        TVector s13a = bias0, s13b = bias1, s13c = bias2;

        var left = product.K;
        var chunkStride = product.ChunkStride;
        while (left > 0)
        {
            var x = pixels;
            var end = x + (left < product.ChunkLength ? left : product.ChunkLength);
            do
            {
                var a = TUnit.Load(weights);
                var b = TVectors.Value > 1 ? TUnit.Load(weights + TUnit.Lanes) : default;
                var c = TVectors.Value > 2 ? TUnit.Load(weights + (2 * TUnit.Lanes)) : default;
                Accumulate<TVectors>(x, a, b, c, ref s0a, ref s0b, ref s0c);
                if (TRows.Value > 1)
                {
                    Accumulate<TVectors>(x + (1 * PackedRows.Stride), a, b, c, ref s1a, ref s1b, ref s1c);
                }

                if (TRows.Value > 2)
                {
                    Accumulate<TVectors>(x + (2 * PackedRows.Stride), a, b, c, ref s2a, ref s2b, ref s2c);
                }

                if (TRows.Value > 3)
                {
                    Accumulate<TVectors>(x + (3 * PackedRows.Stride), a, b, c, ref s3a, ref s3b, ref s3c);
                }

                if (TRows.Value > 4)
                {
                    Accumulate<TVectors>(x + (4 * PackedRows.Stride), a, b, c, ref s4a, ref s4b, ref s4c);
                }

                if (TRows.Value > 5)
                {
                    Accumulate<TVectors>(x + (5 * PackedRows.Stride), a, b, c, ref s5a, ref s5b, ref s5c);
                }

                if (TRows.Value > 6)
                {
                    Accumulate<TVectors>(x + (6 * PackedRows.Stride), a, b, c, ref s6a, ref s6b, ref s6c);
                }

                if (TRows.Value > 7)
                {
                    Accumulate<TVectors>(x + (7 * PackedRows.Stride), a, b, c, ref s7a, ref s7b, ref s7c);
                }

                if (TRows.Value > 8)
                {
                    Accumulate<TVectors>(x + (8 * PackedRows.Stride), a, b, c, ref s8a, ref s8b, ref s8c);
                }

                if (TRows.Value > 9)
                {
                    Accumulate<TVectors>(x + (9 * PackedRows.Stride), a, b, c, ref s9a, ref s9b, ref s9c);
                }

                if (TRows.Value > 10)
                {
                    Accumulate<TVectors>(x + (10 * PackedRows.Stride), a, b, c, ref s10a, ref s10b, ref s10c);
                }

                if (TRows.Value > 11)
                {
                    Accumulate<TVectors>(x + (11 * PackedRows.Stride), a, b, c, ref s11a, ref s11b, ref s11c);
                }

                if (TRows.Value > 12)
                {
                    Accumulate<TVectors>(x + (12 * PackedRows.Stride), a, b, c, ref s12a, ref s12b, ref s12c);
                }

                if (TRows.Value > 13)
                {
                    Accumulate<TVectors>(x + (13 * PackedRows.Stride), a, b, c, ref s13a, ref s13b, ref s13c);
                }

                TUnit.Prefetch(weights + Ahead);
                if (TVectors.Value * TUnit.Lanes > NativeBuffer.Line)
                {
                    TUnit.Prefetch(weights + Ahead + NativeBuffer.Line);
                }

                if (TVectors.Value * TUnit.Lanes > 2 * NativeBuffer.Line)
                {
                    TUnit.Prefetch(weights + Ahead + (2 * NativeBuffer.Line));
                }

                weights += TVectors.Value * TUnit.Lanes;
                x++;
            }
            while (x < end);
            left -= product.ChunkLength;
            pixels += chunkStride;
        }

        var floor = TUnit.Broadcast(product.Floor);
        Store<TVectors>(output + rowOffsets[0], floor, s0a, s0b, s0c);
        if (TRows.Value > 1)
        {
            Store<TVectors>(output + rowOffsets[1], floor, s1a, s1b, s1c);
        }

        if (TRows.Value > 2)
        {
            Store<TVectors>(output + rowOffsets[2], floor, s2a, s2b, s2c);
        }

        if (TRows.Value > 3)
        {
            Store<TVectors>(output + rowOffsets[3], floor, s3a, s3b, s3c);
        }

        if (TRows.Value > 4)
        {
            Store<TVectors>(output + rowOffsets[4], floor, s4a, s4b, s4c);
        }

        if (TRows.Value > 5)
        {
            Store<TVectors>(output + rowOffsets[5], floor, s5a, s5b, s5c);
        }

        if (TRows.Value > 6)
        {
            Store<TVectors>(output + rowOffsets[6], floor, s6a, s6b, s6c);
        }

        if (TRows.Value > 7)
        {
            Store<TVectors>(output + rowOffsets[7], floor, s7a, s7b, s7c);
        }

        if (TRows.Value > 8)
        {
            Store<TVectors>(output + rowOffsets[8], floor, s8a, s8b, s8c);
        }

        if (TRows.Value > 9)
        {
            Store<TVectors>(output + rowOffsets[9], floor, s9a, s9b, s9c);
        }

        if (TRows.Value > 10)
        {
            Store<TVectors>(output + rowOffsets[10], floor, s10a, s10b, s10c);
        }

        if (TRows.Value > 11)
        {
            Store<TVectors>(output + rowOffsets[11], floor, s11a, s11b, s11c);
        }

        if (TRows.Value > 12)
        {
            Store<TVectors>(output + rowOffsets[12], floor, s12a, s12b, s12c);
        }

        if (TRows.Value > 13)
        {
            Store<TVectors>(output + rowOffsets[13], floor, s13a, s13b, s13c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TVectors>(
        float* pixel, TVector a, TVector b, TVector c, ref TVector sumA, ref TVector sumB, ref TVector sumC)
        where TVectors : IConstant
    {
        var value = TUnit.Broadcast(*pixel);
        sumA = TUnit.MultiplyAdd(value, a, sumA);
        if (TVectors.Value > 1)
        {
            sumB = TUnit.MultiplyAdd(value, b, sumB);
        }

        if (TVectors.Value > 2)
        {
            sumC = TUnit.MultiplyAdd(value, c, sumC);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* output, TVector floor, TVector sumA, TVector sumB, TVector sumC)
        where TVectors : IConstant
    {
        TUnit.Store(output, TUnit.AtLeast(floor, sumA));
        if (TVectors.Value > 1)
        {
            TUnit.Store(output + TUnit.Lanes, TUnit.AtLeast(floor, sumB));
        }

        if (TVectors.Value > 2)
        {
            TUnit.Store(output + (2 * TUnit.Lanes), TUnit.AtLeast(floor, sumC));
        }
    }
}
