using System.Buffers.Binary;
using System.Runtime.Intrinsics;

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
        bool vectors = source.Channels == 3 && Vector256.IsHardwareAccelerated;
        for (int y = 0; y < rowCount; y++)
        {
            // The vectors read whole 8-byte words, so they may look past the row's end, but not past the image's.
            ReadOnlySpan<byte> rest = source.Bytes.AsSpan((firstRow + y) * source.Width * source.Channels);
            Span<byte> output = result.Row(y);
            for (int x = 0; x < weights.Count; x++)
            {
                ReadOnlySpan<byte> input = rest[(weights.StartOf(x) * source.Channels)..];
                if (vectors && input.Length >= 3 * weights.EvenWeightsOf(x).Length + 2)
                {
                    SumRgb(input, weights.EvenWeightsOf(x), output.Slice(3 * x, 3));
                }
                else
                {
                    Sum(input, weights.WeightsOf(x), output.Slice(source.Channels * x, source.Channels));
                }
            }
        }
        return result;
    }

    private static void Sum(ReadOnlySpan<byte> input, ReadOnlySpan<int> weights, Span<byte> pixel)
    {
        for (int channel = 0; channel < pixel.Length; channel++)
        {
            int sum = Half;
            for (int k = 0, i = channel; k < weights.Length; k++, i += pixel.Length)
            {
                sum += input[i] * weights[k];
            }
            pixel[channel] = (byte)Math.Clamp(sum >> ResampleWeights.PrecisionBits, 0, 255);
        }
    }

    private static void SumRgb(ReadOnlySpan<byte> input, ReadOnlySpan<int> weights, Span<byte> pixel)
    {
        // Two pixels a step: r g b _ of the first in the lower half, of the second in the upper.
        Vector256<int> sum = Vector256<int>.Zero;
        for (int k = 0; k < weights.Length; k += 2, input = input[6..])
        {
            Vector256<byte> two = Vector256.Create(BinaryPrimitives.ReadUInt64LittleEndian(input)).AsByte();
            Vector256<int> values = Vector256.Shuffle(two, Vector256.Create(
                (byte)0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255,
                19, 255, 255, 255, 20, 255, 255, 255, 21, 255, 255, 255, 255, 255, 255, 255)).AsInt32();
            sum += values * Vector256.Create(Vector128.Create(weights[k]), Vector128.Create(weights[k + 1]));
        }
        Vector128<int> total = (sum.GetLower() + sum.GetUpper() + Vector128.Create(Half))
            >> ResampleWeights.PrecisionBits;
        total = Vector128.Clamp(total, Vector128<int>.Zero, Vector128.Create(255));
        pixel[2] = (byte)total[2];
        pixel[1] = (byte)total[1];
        pixel[0] = (byte)total[0];
    }
}
