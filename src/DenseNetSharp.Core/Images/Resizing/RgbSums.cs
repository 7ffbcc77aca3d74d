using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace DenseNetSharp.Images.Resizing;

/// <summary>The weighted sums along RGB rows in vectors; a kernel a processor derives from it.</summary>
/// <remarks>
/// The work is cut into tiles of one output pixel in each of four rows, which share its weights. A tile goes through
/// its input pixels four at a time, which one 16-byte load holds; the last four are filled up with weights of zero.
/// </remarks>
internal abstract unsafe class RgbSums
{
    /// <summary>How many rows go together.</summary>
    public const int Rows = 4;

    protected const int PixelsPerStep = 4;
    protected const int BytesPerStep = 3 * PixelsPerStep;

    private readonly ResampleWeights _weights;
    private readonly int[] _firstSteps;

    protected RgbSums(ResampleWeights weights)
    {
        _weights = weights;
        _firstSteps = new int[weights.Count + 1];
        for (var x = 0; x < weights.Count; x++)
        {
            var steps = (weights.WeightsOf(x).Length + PixelsPerStep - 1) / PixelsPerStep;
            _firstSteps[x + 1] = _firstSteps[x] + steps;
        }
    }

    /// <summary>Resamples four rows from the left, as far as vectors can be read without leaving the image.</summary>
    /// <param name="source">The image.</param>
    /// <param name="sourceRow">The first of its four rows.</param>
    /// <param name="result">Receives the pixels.</param>
    /// <param name="resultRow">The first of its four rows.</param>
    /// <returns>How many pixels of each row are done.</returns>
    public int Run(Raster source, int sourceRow, Raster result, int resultRow)
    {
        int stride = 3 * source.Width, resultStride = 3 * result.Width;
        for (var x = 0; x < result.Width; x++)
        {
            int firstStep = _firstSteps[x], steps = _firstSteps[x + 1] - firstStep;
            var start = sourceRow * stride + 3 * _weights.StartOf(x);

            // The last vector may reach into the next row, but must not reach past the image.
            var end = (long)start + (Rows - 1) * stride + BytesPerStep * (steps - 1) + Vector128<byte>.Count;
            if (end > source.Bytes.Length)
            {
                return x;
            }

            Vector128<byte> pixels;
            fixed (byte* input = &source.Bytes[start])
            {
                pixels = Sum(input, stride, firstStep, steps);
            }

            var output = result.Bytes.AsSpan(resultRow * resultStride + 3 * x);
            for (var row = 0; row < Rows; row++)
            {
                var rgb = pixels.AsUInt32()[row];
                BinaryPrimitives.WriteUInt16LittleEndian(output[(row * resultStride)..], (ushort)rgb);
                output[row * resultStride + 2] = (byte)(rgb >> 16);
            }
        }

        return result.Width;
    }

    /// <summary>One output pixel of each of four rows, as r g b and an unused byte.</summary>
    /// <param name="input">The first input pixel in the first row.</param>
    /// <param name="stride">The bytes from row to row.</param>
    /// <param name="firstStep">Which of all steps is the pixel's first.</param>
    /// <param name="steps">How many steps it takes.</param>
    protected abstract Vector128<byte> Sum(byte* input, nint stride, int firstStep, int steps);

    /// <summary>The weights of all steps, four a step.</summary>
    protected int[] StepWeights()
    {
        var four = new int[PixelsPerStep * _firstSteps[^1]];
        for (var x = 0; x < _weights.Count; x++)
        {
            _weights.WeightsOf(x).CopyTo(four.AsSpan(PixelsPerStep * _firstSteps[x]));
        }

        return four;
    }

    /// <summary>Rounds four rows' sums, which include one half, to bytes.</summary>
    protected static Vector128<byte> ToBytes(
        Vector128<int> sum0, Vector128<int> sum1, Vector128<int> sum2, Vector128<int> sum3)
    {
        var rows01 = Vector128.Narrow(Clamp(sum0), Clamp(sum1));
        var rows23 = Vector128.Narrow(Clamp(sum2), Clamp(sum3));
        return Vector128.Narrow(rows01.AsUInt16(), rows23.AsUInt16());
    }

    private static Vector128<int> Clamp(Vector128<int> sum) =>
        Vector128.Clamp(sum >> ResampleWeights.PrecisionBits, Vector128<int>.Zero, Vector128.Create(255));
}
