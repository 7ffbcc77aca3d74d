using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// conv0, norm0, relu0 and pool0 at once, line by line: a line of pooled outputs needs three lines of the convolution, of
/// which the last serves the next line too. None of the convolution's maps are ever whole.
/// </summary>
internal sealed unsafe class StemPass(PackedStem stem, KernelSet kernels)
{
    // Of the 7x7 window: its middle is three from its edge.
    private const int Border = PackedStem.Window / 2;

    /// <summary>Runs the stem.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="image">The image, [C, height, width].</param>
    /// <param name="size">Its size.</param>
    /// <param name="output">Receives the pooled pixels.</param>
    /// <param name="pixelStride">From one of them to the next.</param>
    public void Run(Worker worker, float* image, ImageSize size, float* output, nint pixelStride)
    {
        var convolved = size.HalvedUp;
        var pooled = convolved.HalvedUp;
        var scratch = worker.Scratch;
        var channels = stem.Convolution.PaddedN;
        var last = -1;
        while (worker.TryTake(pooled.Height, out var y))
        {
            var above = Math.Max((2 * y) - 1, 0);
            var below = Math.Min((2 * y) + 1, convolved.Height - 1);
            // Lines come in order, but for those taken from another thread.
            for (var line = last == above ? above + 1 : above; line <= below; line++)
            {
                Convolve(scratch, image, size, line, scratch.ConvolutionLine(line, convolved.Width));
            }

            last = below;
            kernels.PoolLine(
                scratch.ConvolutionLine(above, convolved.Width),
                scratch.ConvolutionLine(2 * y, convolved.Width),
                scratch.ConvolutionLine(below, convolved.Width),
                convolved.Width,
                channels,
                channels,
                output + ((nint)y * pooled.Width * pixelStride),
                pixelStride);
        }
    }

    private void Convolve(Scratch scratch, float* image, ImageSize size, int line, float* output)
    {
        CopyLines(scratch, image, size, (2 * line) - Border);
        var width = size.HalvedUp.Width;
        var channels = stem.Convolution.PaddedN;
        for (var x = 0; x < width; x += kernels.GroupRows)
        {
            var rows = Math.Min(kernels.GroupRows, width - x);
            Patches.Pack(scratch.StemLines + (2 * x), Scratch.StemLineStride(size.Width), stem.WindowRows, rows, scratch.Packed);
            for (var row = 0; row < rows; row++)
            {
                scratch.RowOffsets[row] = (nint)(x + row) * channels;
            }

            kernels.Multiply(
                stem.Convolution,
                new PackedPixels(scratch.Packed, rows, (nint)rows * PackedRows.Stride, PackedStem.ChunkLength),
                floor: 0,
                new ProductOutput(output, scratch.RowOffsets));
        }
    }

    /// <summary>Copies the image's lines under a line of windows, zeros around them.</summary>
    private void CopyLines(Scratch scratch, float* image, ImageSize size, int top)
    {
        var stride = Scratch.StemLineStride(size.Width);
        for (var row = 0; row < stem.WindowRows; row++)
        {
            var (channel, y) = Math.DivRem(row, PackedStem.Window);
            y += top;
            var line = new Span<float>(scratch.StemLines + (row * stride), (int)stride);
            if (y < 0 || y >= size.Height)
            {
                line.Clear();
                continue;
            }

            line[..Border].Clear();
            new Span<float>(image + ((((nint)channel * size.Height) + y) * size.Width), size.Width).CopyTo(line[Border..]);
            line[(Border + size.Width)..].Clear();
        }
    }
}
