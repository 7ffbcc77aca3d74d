using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>pool0, a line of outputs at a time.</summary>
internal sealed unsafe class StemPooling(PackedStem stem, KernelSet kernels)
{
    /// <summary>Which lines of the convolution a line of outputs needs.</summary>
    /// <param name="y">The line of outputs.</param>
    /// <param name="height">Lines of the convolution.</param>
    public (int First, int Last) LinesOf(int y, int height)
    {
        if (stem.HasBlur)
        {
            return (Math.Max((2 * y) - 2, 0), Math.Min((2 * y) + 2, height - 1));
        }

        var first = (2 * y) - stem.PoolingBefore(height);
        return (Math.Max(first, 0), Math.Min(first + 2, height - 1));
    }

    /// <summary>Pools one line.</summary>
    /// <param name="lines">The convolution's lines, at least those that it needs.</param>
    /// <param name="y">The line of outputs.</param>
    /// <param name="size">The size of the convolution's maps.</param>
    /// <param name="output">Receives the line's pixels.</param>
    /// <param name="pixelStride">From one of them to the next.</param>
    public void Run(StemLines lines, int y, ImageSize size, float* output, nint pixelStride)
    {
        var channels = stem.PaddedChannels;
        if (stem.HasBlur)
        {
            var windows = stackalloc float*[9];
            for (var i = 0; i < 3; i++)
            {
                var middle = Reflect((2 * y) + i - 1, size.Height);
                windows[3 * i] = lines[Math.Max(middle - 1, 0)];
                windows[(3 * i) + 1] = lines[middle];
                windows[(3 * i) + 2] = lines[Math.Min(middle + 1, size.Height - 1)];
            }

            kernels.BlurLine(windows, size.Width, channels, channels, output, pixelStride);
            return;
        }

        var (first, last) = LinesOf(y, size.Height);
        kernels.PoolLine(
            lines[first],
            lines[Math.Min(2 * y - stem.PoolingBefore(size.Height) + 1, last)],
            lines[last],
            size.Width,
            channels,
            stem.PoolingBefore(size.Width),
            channels,
            output,
            pixelStride);
    }

    /// <summary>A line's number; of one beyond the first or last, of the one that is reflected there.</summary>
    private static int Reflect(int line, int height) => line < 0 ? -line : line < height ? line : (2 * (height - 1)) - line;
}
