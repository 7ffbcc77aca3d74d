using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>What comes before the first block, from the image to the block's first channels.</summary>
internal sealed unsafe class StemPass(PackedStem stem, KernelSet kernels, Convolution3x3Pass convolution3x3)
{
    private readonly StemPooling _pooling = new(stem, kernels);

    /// <summary>Runs the stem.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="maps">The image's feature maps, shared by the team.</param>
    /// <param name="image">The image, [C, height, width].</param>
    /// <param name="size">Its size.</param>
    /// <param name="pixelStride">From one pixel of the first block to the next.</param>
    /// <returns>False if the work has been cancelled.</returns>
    public bool Run(Worker worker, ImageMaps maps, float* image, ImageSize size, nint pixelStride)
    {
        if (stem.Deep.Length > 0)
        {
            return RunDeep(worker, maps, image, size, pixelStride);
        }

        if (stem.HasPooling)
        {
            RunPooled(worker, image, size, maps.Block(0), pixelStride);
        }
        else
        {
            RunLines(worker, image, size, MapsOutput.To(maps.Block(0), pixelStride, size.Width), float.NegativeInfinity);
        }

        return true;
    }

    /// <summary>
    /// conv0, norm0, relu0 and pool0 at once, line by line: a line of pooled outputs needs three lines of the convolution, of
    /// which the last serves the next line too. None of the convolution's maps are ever whole.
    /// </summary>
    private void RunPooled(Worker worker, float* image, ImageSize size, float* output, nint pixelStride)
    {
        var convolved = size.HalvedUp;
        var pooled = convolved.HalvedUp;
        var lines = worker.Scratch.ConvolutionLines(convolved.Width);
        var (first, end) = (0, 0);
        while (worker.TryTake(pooled.Height, out var y))
        {
            var (above, below) = _pooling.LinesOf(y, convolved.Height);
            // Lines come in order, but for those taken from another thread.
            for (var line = above >= first && above < end ? end : above; line <= below; line++)
            {
                Convolve(worker.Scratch, image, size, line, 0, MapsOutput.To(lines[line], stem.PaddedChannels, convolved.Width));
            }

            (first, end) = (above, below + 1);
            _pooling.Run(lines, y, convolved, output + ((nint)y * pooled.Width * pixelStride), pixelStride);
        }
    }

    /// <summary>Three convolutions, each with norm and ReLU, one after another, and pool0.</summary>
    private bool RunDeep(Worker worker, ImageMaps maps, float* image, ImageSize size, nint pixelStride)
    {
        var convolved = size.HalvedUp;
        var (second, third) = (stem.Deep[0], stem.Deep[1]);
        var (outer, inner) = (PaddedMaps.Close(convolved, second), PaddedMaps.Close(convolved, third));
        if (worker.Member == 0)
        {
            outer.ClearBorder(maps.StemOuter, second.Matrices[0].K);
            inner.ClearBorder(maps.StemInner, third.Matrices[0].K);
        }

        RunLines(worker, image, size, MapsOutput.To(maps.StemOuter, outer), floor: 0);
        if (!worker.Meet())
        {
            return false;
        }

        convolution3x3.Run(worker, second, maps.StemOuter, outer, MapsOutput.To(maps.StemInner, inner));
        if (!worker.Meet())
        {
            return false;
        }

        // Over the first convolution's maps, which are no longer needed.
        nint channels = stem.PaddedChannels;
        convolution3x3.Run(worker, third, maps.StemInner, inner, MapsOutput.To(maps.StemOuter, channels, convolved.Width));
        if (!worker.Meet())
        {
            return false;
        }

        var pooled = convolved.HalvedUp;
        var lines = new StemLines(maps.StemOuter, channels * convolved.Width, int.MaxValue);
        while (worker.TryTake(pooled.Height, out var y))
        {
            _pooling.Run(lines, y, convolved, maps.Block(0) + ((nint)y * pooled.Width * pixelStride), pixelStride);
        }

        return worker.Meet();
    }

    private void RunLines(Worker worker, float* image, ImageSize size, MapsOutput output, float floor)
    {
        while (worker.TryTake(stem.Convolved(size).Height, out var y))
        {
            Convolve(worker.Scratch, image, size, y, floor, output with { First = (nint)output.Pixel(y, 0, 0) });
        }
    }

    /// <summary>One line of the first convolution.</summary>
    private void Convolve(Scratch scratch, float* image, ImageSize size, int line, float floor, MapsOutput output)
    {
        CopyLines(scratch, image, size, (stem.Step * line) - stem.PixelsBefore(size.Height));
        var width = stem.Convolved(size).Width;
        for (var x = 0; x < width; x += kernels.GroupRows)
        {
            var rows = Math.Min(kernels.GroupRows, width - x);
            Patches.Pack(scratch.StemLines + (stem.Step * x), scratch.StemLineStride(size.Width), stem, rows, scratch.Packed);
            for (var row = 0; row < rows; row++)
            {
                scratch.RowOffsets[row] = (x + row) * output.PixelStride;
            }

            kernels.Multiply(
                stem.Convolution,
                new PackedPixels(scratch.Packed, rows, (nint)rows * PackedRows.Stride, stem.ChunkLength),
                floor,
                new ProductOutput((float*)output.First, scratch.RowOffsets, output.ChunkStride));
        }
    }

    /// <summary>Copies the image's lines under a line of windows, zeros around them.</summary>
    private void CopyLines(Scratch scratch, float* image, ImageSize size, int top)
    {
        var stride = scratch.StemLineStride(size.Width);
        var before = stem.PixelsBefore(size.Width);
        for (var row = 0; row < stem.WindowRows; row++)
        {
            var (channel, y) = Math.DivRem(row, stem.Window);
            y += top;
            var line = new Span<float>(scratch.StemLines + (row * stride), (int)stride);
            if (y < 0 || y >= size.Height)
            {
                line.Clear();
                continue;
            }

            line[..before].Clear();
            new Span<float>(image + ((((nint)channel * size.Height) + y) * size.Width), size.Width).CopyTo(line[before..]);
            line[(before + size.Width)..].Clear();
        }
    }
}
