using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// One image's way through the network, gone by every thread of a team; reads like torchvision's <c>forward</c>. Each layer
/// ends with a meeting, at which the work may be cancelled.
/// </summary>
internal sealed unsafe class ForwardPass
{
    private const float NoFloor = float.NegativeInfinity;

    private readonly PackedNetwork _network;
    private readonly KernelSet _kernels;
    private readonly Convolution3x3Pass _convolution3x3;
    private readonly StemPass _stem;
    private readonly LastMaps _lastMaps;

    public ForwardPass(PackedNetwork network, KernelSet kernels)
    {
        (_network, _kernels) = (network, kernels);
        _convolution3x3 = new Convolution3x3Pass(kernels);
        _stem = new StemPass(network.Stem, kernels, _convolution3x3);
        _lastMaps = new LastMaps(network, kernels);
    }

    /// <summary>Computes one image's pooled features or last maps.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="maps">The image's feature maps, shared by the team.</param>
    /// <param name="image">The image, [C, height, width].</param>
    /// <param name="size">Its size.</param>
    /// <param name="features">Receives them in chunks of <see cref="PackedRows.Stride"/>.</param>
    /// <param name="featureStride">From one chunk to the next.</param>
    /// <param name="lastMaps">Receives the last maps, [C, height, width], in the features' place; null where features are wanted.</param>
    /// <returns>False if the work has been cancelled.</returns>
    public bool Run(
        Worker worker, ImageMaps maps, float* image, ImageSize size, float* features, nint featureStride, float* lastMaps)
    {
        var blocks = _network.Blocks;
        if (!_stem.Run(worker, maps, image, size, blocks[0].PixelStride))
        {
            return false;
        }

        size = _network.Stem.Output(size);
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

        if (lastMaps == null)
        {
            _lastMaps.Pool(worker, maps.Block(blocks.Length - 1), size, features, featureStride);
        }
        else
        {
            _lastMaps.Write(worker, maps.Block(blocks.Length - 1), size, lastMaps);
        }

        return worker.Meet();
    }

    private static void ClearBorders(ImageMaps maps, PackedBlock block, ImageSize size)
    {
        // The last layer's channels are the most.
        var convolution = block.Layers[^1].Conv2;
        new PaddedMaps(size, convolution.Scheme).ClearBorder(maps.Padded, convolution.Matrices[0].K);
    }

    private bool RunLayers(Worker worker, ImageMaps maps, PackedBlock block, float* features, ImageSize size)
    {
        var channels = block.InChannels;
        foreach (var layer in block.Layers)
        {
            var padded = new PaddedMaps(size, layer.Conv2.Scheme);
            if (layer.Conv1 is null)
            {
                Normalize(worker, layer, features, block.PixelStride, padded, maps.Padded);
            }
            else
            {
                RunConv1(worker, layer.Norm1, layer.Conv1, features, block.PixelStride, padded, maps.Padded);
            }

            if (!worker.Meet())
            {
                return false;
            }

            var output = MapsOutput.To(features + channels, block.PixelStride, size.Width);
            _convolution3x3.Run(worker, layer.Conv2, maps.Padded, padded, output);
            if (!worker.Meet())
            {
                return false;
            }

            channels += layer.Conv2.Matrices[0].N;
        }

        return true;
    }

    /// <summary>norm1, relu1, for a layer without a bottleneck.</summary>
    private void Normalize(
        Worker worker, PackedDenseLayer layer, float* features, nint pixelStride, PaddedMaps padded, float* output)
    {
        var size = padded.Size;
        while (worker.TryTake(size.Height, out var y))
        {
            _kernels.PackNormalized(
                features + ((nint)y * size.Width * pixelStride),
                pixelStride,
                size.Width,
                layer.Conv2.Matrices[0].K,
                layer.Norm1.Scale,
                layer.Norm1.Shift,
                layer.Norm1.Floor,
                output + padded.Offset(y, 0),
                padded.ChunkStride);
        }
    }

    /// <summary>norm1, relu1, conv1, norm2, relu2.</summary>
    private void RunConv1(
        Worker worker,
        NormVectors norm1,
        PackedMatrix conv1,
        float* features,
        nint pixelStride,
        PaddedMaps padded,
        float* bottleneck)
    {
        var pixels = padded.Size.Pixels;
        var groups = worker.Groups(pixels, _kernels.GroupRows);
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

            _kernels.PackNormalized(
                features + (first * pixelStride),
                pixelStride,
                rows,
                conv1.K,
                norm1.Scale,
                norm1.Shift,
                norm1.Floor,
                scratch.Packed,
                (nint)rows * PackedRows.Stride);
            _kernels.Multiply(
                conv1,
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
        var groups = worker.Groups(pooled.Pixels, _kernels.GroupRows);
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
                _kernels.PackPooled(
                    source + (2 * (((nint)y * size.Width) + x) * stride),
                    stride,
                    size.Width * stride,
                    convolution.K,
                    norm.Scale,
                    norm.Shift,
                    scratch.Packed + (row * PackedRows.Stride),
                    (nint)rows * PackedRows.Stride);
            }

            _kernels.Multiply(
                convolution, new PackedPixels(scratch.Packed, rows), NoFloor, new ProductOutput(destination, scratch.RowOffsets));
        }
    }
}
