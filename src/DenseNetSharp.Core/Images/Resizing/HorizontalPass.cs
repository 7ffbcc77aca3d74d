using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Images.Resizing;

/// <summary>Resamples rows: each output pixel is a weighted sum along its row.</summary>
internal static class HorizontalPass
{
    /// <summary>What sums RGB rows on this processor.</summary>
    public static ResizeKernel Kernel =>
        Avx2.IsSupported ? ResizeKernel.Avx2
        : Vector128.IsHardwareAccelerated ? ResizeKernel.Vector128
        : ResizeKernel.Scalar;

    /// <summary>Resamples some rows of the source.</summary>
    /// <param name="source">The image.</param>
    /// <param name="firstRow">The first row wanted.</param>
    /// <param name="rowCount">How many rows are wanted.</param>
    /// <param name="weights">The weights of the wanted columns.</param>
    /// <param name="result">Receives the pixels.</param>
    public static void Run(Raster source, int firstRow, int rowCount, ResampleWeights weights, Raster result)
    {
        if (source.Channels == 3 && rowCount >= RgbSums.Rows && Kernel != ResizeKernel.Scalar)
        {
            RgbSums sums = Kernel == ResizeKernel.Avx2 ? new Avx2RgbSums(weights) : new Vector128RgbSums(weights);
            RunInVectors(sums, source, firstRow, weights, result);
            return;
        }

        for (var y = 0; y < rowCount; y++)
        {
            if (source.Channels == 3)
            {
                SumRgb(source.Row(firstRow + y), weights, 0, result.Row(y));
            }
            else
            {
                GraySums.Run(source.Row(firstRow + y), weights, result.Row(y));
            }
        }
    }

    private static void RunInVectors(RgbSums sums, Raster source, int firstRow, ResampleWeights weights, Raster result)
    {
        for (var next = 0; next < result.Height; next += RgbSums.Rows)
        {
            // The last rows are done together with some that are done already.
            var y = Math.Min(next, result.Height - RgbSums.Rows);
            var done = sums.Run(source, firstRow + y, result, y);
            for (var row = y; row < y + RgbSums.Rows; row++)
            {
                SumRgb(source.Row(firstRow + row), weights, done, result.Row(row));
            }
        }
    }

    private static void SumRgb(ReadOnlySpan<byte> row, ResampleWeights weights, int firstOutput, Span<byte> output)
    {
        for (var x = firstOutput; x < weights.Count; x++)
        {
            int red = ResampleWeights.Half, green = red, blue = red;
            var own = weights.WeightsOf(x);
            var input = row.Slice(3 * weights.StartOf(x), 3 * own.Length);
            foreach (var weight in own)
            {
                red += input[0] * weight;
                green += input[1] * weight;
                blue += input[2] * weight;
                input = input[3..];
            }

            output[3 * x] = ResampleWeights.ToByte(red);
            output[3 * x + 1] = ResampleWeights.ToByte(green);
            output[3 * x + 2] = ResampleWeights.ToByte(blue);
        }
    }
}
