using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// One image's way through the network, gone by every thread of a team; reads like torchvision's <c>forward</c>. Each layer
/// ends with a meeting, at which the work may be cancelled.
/// </summary>
internal sealed unsafe class ForwardPass(PackedNetwork network, KernelSet kernels)
{
    private const float NoFloor = float.NegativeInfinity;

    private readonly StemPass _stem = new(network.Stem, kernels);
    private readonly Convolution3x3Pass _convolution3x3 = new(kernels);

    /// <summary>Computes one image's pooled features.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="maps">The image's feature maps, shared by the team.</param>
    /// <param name="image">The image, [C, height, width].</param>
    /// <param name="size">Its size.</param>
    /// <param name="features">Receives them in chunks of <see cref="PackedRows.Stride"/>.</param>
    /// <param name="featureStride">From one chunk to the next.</param>
    /// <returns>False if the work has been cancelled.</returns>
    public bool Run(Worker worker, ImageMaps maps, float* image, ImageSize size, float* features, nint featureStride)
    {
        var blocks = network.Blocks;
        _stem.Run(worker, image, size, maps.Block(0), blocks[0].PixelStride);
        size = size.HalvedUp.HalvedUp;
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = blocks[i];
            if (worker.Member == 0)
            {
                ClearBorders(maps, block, size);
            }

            if (!worker.Meet() || !RunLayers(worker, maps, block, maps.Block(i), size))
            {
                return false;
            }

            if (block.TransitionConvolution is not null)
            {
                RunTransition(worker, block, maps.Block(i), size, maps.Block(i + 1), blocks[i + 1].PixelStride);
                size = size.HalvedDown;
            }
        }

        Pool(worker, maps.Block(blocks.Length - 1), blocks[^1].PixelStride, size, features, featureStride);
        return worker.Meet();
    }

    private static void ClearBorders(ImageMaps maps, PackedBlock block, ImageSize size)
    {
        var padded = new PaddedMaps(size, block.Layers[0].Conv2.Scheme);
        for (var chunk = 0; chunk < PackedRows.Chunks(block.Layers[0].Conv1.N); chunk++)
        {
            padded.ClearBorder(maps.Bottleneck + (chunk * padded.ChunkStride));
        }
    }

    private bool RunLayers(Worker worker, ImageMaps maps, PackedBlock block, float* features, ImageSize size)
    {
        var channels = block.InChannels;
        foreach (var layer in block.Layers)
        {
            var padded = new PaddedMaps(size, layer.Conv2.Scheme);
            RunConv1(worker, layer, features, block.PixelStride, padded, maps.Bottleneck);
            if (!worker.Meet())
            {
                return false;
            }

            _convolution3x3.Run(worker, layer.Conv2, maps.Bottleneck, padded, features + channels, block.PixelStride);
            if (!worker.Meet())
            {
                return false;
            }

            channels += layer.Conv2.Matrices[0].N;
        }

        return true;
    }

    /// <summary>norm1, relu1, conv1, norm2, relu2.</summary>
    private void RunConv1(
        Worker worker, PackedDenseLayer layer, float* features, nint pixelStride, PaddedMaps padded, float* bottleneck)
    {
        var pixels = padded.Size.Pixels;
        var groups = worker.Groups(pixels, kernels.GroupRows);
        var scratch = worker.Scratch;
        while (worker.TryTake(groups, out var group))
        {
            var first = Division.Start(pixels, groups, group);
            var rows = Division.Start(pixels, groups, group + 1) - first;
            for (var row = 0; row < rows; row++)
            {
                var (y, x) = Math.DivRem(first + row, padded.Size.Width);
                scratch.RowOffsets[row] = padded.Offset(y, x);
            }

            kernels.PackNormalized(
                features + (first * pixelStride), pixelStride, rows, layer.Conv1.K, layer.Norm1.Scale, layer.Norm1.Shift, scratch.Packed);
            kernels.Multiply(
                layer.Conv1,
                new PackedPixels(scratch.Packed, rows),
                floor: 0,
                new ProductOutput(bottleneck, scratch.RowOffsets, padded.ChunkStride));
        }
    }

    /// <summary>
    /// norm, relu, pool, conv: averaging over pixels and mixing channels commute, and in this order the convolution has a
    /// quarter of the pixels.
    /// </summary>
    private void RunTransition(
        Worker worker, PackedBlock block, float* source, ImageSize size, float* destination, nint destinationStride)
    {
        var pooled = size.HalvedDown;
        var groups = worker.Groups(pooled.Pixels, kernels.GroupRows);
        var (norm, convolution) = (block.TransitionNorm!, block.TransitionConvolution!);
        var scratch = worker.Scratch;
        nint stride = block.PixelStride;
        while (worker.TryTake(groups, out var group))
        {
            var first = Division.Start(pooled.Pixels, groups, group);
            var rows = Division.Start(pooled.Pixels, groups, group + 1) - first;
            for (var row = 0; row < rows; row++)
            {
                var (y, x) = Math.DivRem(first + row, pooled.Width);
                scratch.RowOffsets[row] = (first + row) * destinationStride;
                kernels.PackPooled(
                    source + (2 * (((nint)y * size.Width) + x) * stride),
                    stride,
                    size.Width * stride,
                    convolution.K,
                    norm.Scale,
                    norm.Shift,
                    scratch.Packed + (row * PackedRows.Stride),
                    (nint)rows * PackedRows.Stride);
            }

            kernels.Multiply(
                convolution, new PackedPixels(scratch.Packed, rows), NoFloor, new ProductOutput(destination, scratch.RowOffsets));
        }
    }

    /// <summary>norm5, relu, global average pooling.</summary>
    private void Pool(Worker worker, float* source, nint pixelStride, ImageSize size, float* features, nint featureStride)
    {
        var chunks = PackedRows.Chunks(network.FeatureCount);
        while (worker.TryTake(chunks, out var chunk))
        {
            var start = chunk * PackedRows.Stride;
            kernels.Average(
                source + start,
                pixelStride,
                size.Pixels,
                Math.Min(PackedRows.Stride, network.FeatureCount - start),
                network.LastNorm.Scale + start,
                network.LastNorm.Shift + start,
                features + (chunk * featureStride));
        }
    }
}
