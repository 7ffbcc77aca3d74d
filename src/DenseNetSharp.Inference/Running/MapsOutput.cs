using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>Where a convolution's outputs go.</summary>
/// <param name="First">The first pixel's first channel.</param>
/// <param name="PixelStride">From a pixel to the one on the right.</param>
/// <param name="LineStride">From a pixel to the one below.</param>
/// <param name="ChunkStride">From one chunk of channels to the next; where channels simply follow one another, 128.</param>
internal readonly unsafe record struct MapsOutput(
    nint First, nint PixelStride, nint LineStride, nint ChunkStride = PackedRows.Stride)
{
    /// <summary>Some channels of a block's maps, or all.</summary>
    public static MapsOutput To(float* first, nint pixelStride, int width) => new((nint)first, pixelStride, pixelStride * width);

    /// <summary>Maps that a 3x3 convolution reads.</summary>
    public static MapsOutput To(float* maps, PaddedMaps padded) =>
        new((nint)(maps + padded.Offset(0, 0)), padded.PixelStride, padded.LineStride, padded.ChunkStride);

    /// <summary>A pixel's channels, from the first of a chunk on.</summary>
    public float* Pixel(int y, int x, int chunk) => (float*)First + (y * LineStride) + (x * PixelStride) + (chunk * ChunkStride);
}
