using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>A 3x3 convolution, by Winograd's filtering: some tiles at a time go into its domain, are multiplied and come
/// back, all within the second cache.</summary>
internal sealed unsafe class Convolution3x3Pass(KernelSet kernels)
{
    /// <summary>Runs the convolution.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="convolution">The weights.</param>
    /// <param name="source">The maps that it takes.</param>
    /// <param name="padded">How they lie.</param>
    /// <param name="output">Where those that it gives go.</param>
    public void Run(Worker worker, PackedConvolution3x3 convolution, float* source, PaddedMaps padded, MapsOutput output)
    {
        var tiles = padded.Tiles;
        var groups = worker.Groups(tiles, kernels.GroupRows);
        while (worker.TryTake(groups, out var group))
        {
            var first = Division.Start(tiles, groups, group);
            var end = Division.Start(tiles, groups, group + 1);
            TransformInputs(worker.Scratch, convolution, source, padded, first, end - first);
            Multiply(worker.Scratch, convolution, end - first);
            TransformOutputs(worker.Scratch, convolution, padded, first, end - first, output);
        }
    }

    private void TransformInputs(
        Scratch scratch, PackedConvolution3x3 convolution, float* source, PaddedMaps padded, int first, int rows)
    {
        var channels = convolution.Matrices[0].K;
        var positionStride = Scratch.TransformedStride(rows, channels);
        var tile = convolution.Scheme.Tile;
        for (var row = 0; row < rows; row++)
        {
            var (y, x) = Math.DivRem(first + row, padded.TilesAcross);
            // A tile's first input is one pixel up and left of its first output.
            var corner = source + padded.Offset((y * tile) - 1, (x * tile) - 1);
            for (var chunk = 0; chunk * PackedRows.Stride < channels; chunk++)
            {
                kernels.TransformInput(
                    convolution.Scheme,
                    corner + (chunk * padded.ChunkStride),
                    padded.PixelStride,
                    padded.LineStride,
                    Math.Min(PackedRows.Stride, channels - (chunk * PackedRows.Stride)),
                    scratch.Transformed + ((((nint)chunk * rows) + row) * PackedRows.Stride),
                    positionStride);
            }
        }
    }

    private void Multiply(Scratch scratch, PackedConvolution3x3 convolution, int rows)
    {
        var matrices = convolution.Matrices;
        var transformedStride = Scratch.TransformedStride(rows, matrices[0].K);
        var productStride = Scratch.ProductStride(rows, matrices[0].PaddedN);
        for (var row = 0; row < rows; row++)
        {
            scratch.RowOffsets[row] = (nint)row * matrices[0].PaddedN;
        }

        for (var i = 0; i < matrices.Length; i++)
        {
            kernels.Multiply(
                matrices[i],
                new PackedPixels(scratch.Transformed + (i * transformedStride), rows),
                float.NegativeInfinity,
                new ProductOutput(scratch.Products + (i * productStride), scratch.RowOffsets));
        }
    }

    private void TransformOutputs(
        Scratch scratch, PackedConvolution3x3 convolution, PaddedMaps padded, int first, int rows, MapsOutput output)
    {
        var channels = convolution.Matrices[0].PaddedN;
        var tile = convolution.Scheme.Tile;
        var size = padded.Size;
        for (var row = 0; row < rows; row++)
        {
            var (tileY, tileX) = Math.DivRem(first + row, padded.TilesAcross);
            var (y, x) = (tileY * tile, tileX * tile);
            for (var chunk = 0; chunk * PackedRows.Stride < channels; chunk++)
            {
                var start = chunk * PackedRows.Stride;
                kernels.TransformOutput(
                    convolution.Scheme,
                    scratch.Products + ((nint)row * channels) + start,
                    Scratch.ProductStride(rows, channels),
                    Math.Min(PackedRows.Stride, channels - start),
                    output.Pixel(y, x, chunk),
                    output.PixelStride,
                    output.LineStride,
                    Math.Min(tile, size.Height - y),
                    Math.Min(tile, size.Width - x),
                    convolution.Bias == null ? null : convolution.Bias + start,
                    convolution.Floor);
            }
        }
    }
}
