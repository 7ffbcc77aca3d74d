using System.Runtime.Intrinsics;

namespace DenseNetSharp.Images.Resizing;

/// <summary>Resamples columns: each output row is a weighted sum of input rows.</summary>
internal static class VerticalPass
{
    /// <summary>Resamples all columns of the source.</summary>
    /// <param name="source">The image, or the part of it from <paramref name="firstRow"/> on.</param>
    /// <param name="firstRow">Which row of the whole image the source's first row is.</param>
    /// <param name="weights">The weights of the wanted rows, counted in the whole image.</param>
    /// <param name="result">Receives them.</param>
    public static void Run(Raster source, int firstRow, ResampleWeights weights, Raster result)
    {
        var stride = source.Width * source.Channels;
        for (var y = 0; y < weights.Count; y++)
        {
            ReadOnlySpan<byte> rows = source.Bytes.AsSpan((weights.StartOf(y) - firstRow) * stride);
            SumRows(rows, stride, weights.WeightsOf(y), result.Row(y));
        }
    }

    private static void SumRows(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> output)
    {
        var x = 0;

        // Where only 128 bits are there, the runtime makes one vector out of two; where none are, it would be slow.
        var vectorized = Vector128.IsHardwareAccelerated ? stride - Vector128<byte>.Count : -1;
        for (; x <= vectorized; x += Vector128<byte>.Count)
        {
            Vector256<int> low = Vector256.Create(ResampleWeights.Half), high = low;
            for (var k = 0; k < weights.Length; k++)
            {
                var values = Vector256.WidenLower(
                    Vector128.Create(rows.Slice(k * stride + x, Vector128<byte>.Count)).ToVector256Unsafe());
                low += Vector256.WidenLower(values).AsInt32() * weights[k];
                high += Vector256.WidenUpper(values).AsInt32() * weights[k];
            }

            var sums = Vector256.Narrow(Clamp(low), Clamp(high));
            Vector128.Narrow(sums.GetLower(), sums.GetUpper()).AsByte().CopyTo(output[x..]);
        }

        for (; x < stride; x++)
        {
            var sum = ResampleWeights.Half;
            for (var k = 0; k < weights.Length; k++)
            {
                sum += rows[k * stride + x] * weights[k];
            }

            output[x] = ResampleWeights.ToByte(sum);
        }
    }

    private static Vector256<int> Clamp(Vector256<int> sum) =>
        Vector256.Clamp(sum >> ResampleWeights.PrecisionBits, Vector256<int>.Zero, Vector256.Create(255));
}
