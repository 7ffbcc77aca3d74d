using System.Runtime.Intrinsics.X86;

namespace DenseNetSharp.Images.Resizing;

/// <summary>Resamples rows: each output pixel is a weighted sum along its row.</summary>
internal static class HorizontalPass
{
    private const int Half = 1 << (ResampleWeights.PrecisionBits - 1);

    /// <summary>Resamples some rows of the source.</summary>
    /// <param name="source">The image.</param>
    /// <param name="firstRow">The first row wanted.</param>
    /// <param name="rowCount">How many rows are wanted.</param>
    /// <param name="weights">The weights of the wanted columns.</param>
    public static Raster Run(Raster source, int firstRow, int rowCount, ResampleWeights weights)
    {
        var result = Raster.Create(weights.Count, rowCount, source.Channels);
        if (source.Channels == 3 && Avx2.IsSupported && rowCount >= RgbVectorSums.Rows)
        {
            RunInVectors(source, firstRow, weights, result);
            return result;
        }
        for (int y = 0; y < rowCount; y++)
        {
            if (source.Channels == 3)
            {
                SumRgb(source.Row(firstRow + y), weights, 0, result.Row(y));
            }
            else
            {
                SumGray(source.Row(firstRow + y), weights, result.Row(y));
            }
        }
        return result;
    }

    private static void RunInVectors(Raster source, int firstRow, ResampleWeights weights, Raster result)
    {
        var sums = new RgbVectorSums(weights);
        for (int next = 0; next < result.Height; next += RgbVectorSums.Rows)
        {
            // The last rows are done together with some that are done already.
            int y = Math.Min(next, result.Height - RgbVectorSums.Rows);
            int done = sums.Run(source, firstRow + y, result, y);
            for (int row = y; row < y + RgbVectorSums.Rows; row++)
            {
                SumRgb(source.Row(firstRow + row), weights, done, result.Row(row));
            }
        }
    }

    private static void SumRgb(ReadOnlySpan<byte> row, ResampleWeights weights, int firstOutput, Span<byte> output)
    {
        for (int x = firstOutput; x < weights.Count; x++)
        {
            int red = Half, green = Half, blue = Half;
            ReadOnlySpan<int> own = weights.WeightsOf(x);
            ReadOnlySpan<byte> input = row.Slice(3 * weights.StartOf(x), 3 * own.Length);
            foreach (int weight in own)
            {
                red += input[0] * weight;
                green += input[1] * weight;
                blue += input[2] * weight;
                input = input[3..];
            }
            output[3 * x] = ToByte(red);
            output[3 * x + 1] = ToByte(green);
            output[3 * x + 2] = ToByte(blue);
        }
    }

    private static void SumGray(ReadOnlySpan<byte> row, ResampleWeights weights, Span<byte> output)
    {
        for (int x = 0; x < weights.Count; x++)
        {
            int sum = Half;
            ReadOnlySpan<int> own = weights.WeightsOf(x);
            ReadOnlySpan<byte> input = row.Slice(weights.StartOf(x), own.Length);
            for (int k = 0; k < own.Length; k++)
            {
                sum += input[k] * own[k];
            }
            output[x] = ToByte(sum);
        }
    }

    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResampleWeights.PrecisionBits, 0, 255);
}
