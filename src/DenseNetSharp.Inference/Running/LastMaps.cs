using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using DenseNetSharp.Inference.Kernels;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>norm5 and relu, if the network has them, and what becomes of the last maps: pooled features, or the maps themselves.</summary>
internal sealed unsafe class LastMaps(PackedNetwork network, KernelSet kernels)
{
    private readonly nint _pixelStride = network.Blocks[^1].PixelStride;

    /// <summary>Pools each map to one value, or two.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="source">The first pixel.</param>
    /// <param name="size">The maps' size.</param>
    /// <param name="features">Receives them in chunks of <see cref="PackedRows.Stride"/>.</param>
    /// <param name="featureStride">From one chunk to the next.</param>
    public void Pool(Worker worker, float* source, ImageSize size, float* features, nint featureStride)
    {
        var chunks = PackedRows.Chunks(network.MapCount);
        // Whole vectors: what is beyond the last channel must not reach others' features.
        var largest = stackalloc float[PackedRows.Stride];
        var mean = stackalloc float[PackedRows.Stride];
        while (worker.TryTake(chunks, out var chunk))
        {
            var start = chunk * PackedRows.Stride;
            var channels = Math.Min(PackedRows.Stride, network.MapCount - start);
            var output = features + (chunk * featureStride);
            if (network.Pooling == GlobalPooling.Average)
            {
                Average(source, size, start, channels, output);
                continue;
            }

            Largest(source, size, start, channels, largest);
            if (network.Pooling == GlobalPooling.Max)
            {
                new Span<float>(largest, channels).CopyTo(new Span<float>(output, channels));
                continue;
            }

            Average(source, size, start, channels, mean);
            for (var i = 0; i < channels; i++)
            {
                if (network.Pooling == GlobalPooling.AverageMax)
                {
                    output[i] = 0.5f * (mean[i] + largest[i]);
                    continue;
                }

                var (otherChunk, column) = Math.DivRem(network.MapCount + start + i, PackedRows.Stride);
                (output[i], features[(otherChunk * featureStride) + column]) = network.Pooling == GlobalPooling.ConcatenatedAverageMax
                    ? (mean[i], largest[i])
                    : (largest[i], mean[i]);
            }
        }
    }

    /// <summary>Writes the maps.</summary>
    /// <param name="worker">The thread.</param>
    /// <param name="source">The first pixel.</param>
    /// <param name="size">The maps' size.</param>
    /// <param name="maps">Receives them, [C, height, width].</param>
    public void Write(Worker worker, float* source, ImageSize size, float* maps)
    {
        var norm = network.LastNorm;
        var groups = worker.Groups(size.Pixels, kernels.GroupRows);
        while (worker.TryTake(groups, out var group))
        {
            var first = Division.Start(size.Pixels, groups, group);
            var rows = Division.Start(size.Pixels, groups, group + 1) - first;
            var packed = worker.Scratch.Packed;
            var chunkStride = (nint)rows * PackedRows.Stride;
            kernels.PackNormalized(
                source + (first * _pixelStride),
                _pixelStride,
                rows,
                network.MapCount,
                norm.Scale,
                norm.Shift,
                norm.Floor,
                packed,
                chunkStride);
            for (var channel = 0; channel < network.MapCount; channel++)
            {
                var (chunk, column) = Math.DivRem(channel, PackedRows.Stride);
                var from = packed + (chunk * chunkStride) + column;
                var to = maps + ((nint)channel * size.Pixels) + first;
                for (var row = 0; row < rows; row++)
                {
                    to[row] = from[row * PackedRows.Stride];
                }
            }
        }
    }

    private void Average(float* source, ImageSize size, int start, int channels, float* mean) => kernels.Average(
        source + start,
        _pixelStride,
        size.Pixels,
        channels,
        network.LastNorm.Scale + start,
        network.LastNorm.Shift + start,
        network.LastNorm.Floor,
        mean);

    private void Largest(float* source, ImageSize size, int start, int channels, float* largest) => kernels.Largest(
        source + start,
        _pixelStride,
        size.Pixels,
        channels,
        network.LastNorm.Scale + start,
        network.LastNorm.Shift + start,
        network.LastNorm.Floor,
        largest);
}
