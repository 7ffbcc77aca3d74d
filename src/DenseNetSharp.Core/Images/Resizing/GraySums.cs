using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DenseNetSharp.Images.Resizing;

/// <summary>The weighted sums along a row of one channel, where pixels lie side by side as their weights do.</summary>
internal static class GraySums
{
    public static void Run(ReadOnlySpan<byte> row, ResampleWeights weights, Span<byte> output)
    {
        for (var x = 0; x < weights.Count; x++)
        {
            var own = weights.WeightsOf(x);
            var input = row.Slice(weights.StartOf(x), own.Length);
            var sum = ResampleWeights.Half;
            var k = 0;
            if (Vector128.IsHardwareAccelerated && own.Length >= Vector128<ushort>.Count)
            {
                var sums = Vector128<int>.Zero;
                for (; k <= own.Length - Vector128<ushort>.Count; k += Vector128<ushort>.Count)
                {
                    var pixels = Vector128.WidenLower(
                        Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(input[k..])).AsByte());
                    sums += Vector128.WidenLower(pixels).AsInt32() * Vector128.Create(own[k..]);
                    sums += Vector128.WidenUpper(pixels).AsInt32()
                        * Vector128.Create(own[(k + Vector128<int>.Count)..]);
                }

                sum += Vector128.Sum(sums);
            }

            for (; k < own.Length; k++)
            {
                sum += input[k] * own[k];
            }

            output[x] = ResampleWeights.ToByte(sum);
        }
    }
}
