using DenseNetSharp.Images;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// How a bottleneck's feature maps lie: in chunks of <see cref="PackedRows.Stride"/> channels, in each line by line, within
/// a border of zeros wide enough for the last tile of a line and the last line of tiles.
/// </summary>
internal readonly record struct PaddedMaps(ImageSize Size, WinogradScheme Scheme)
{
    public int TilesAcross => Scheme.Tiles(Size.Width);

    public int Tiles => Scheme.Tiles(Size.Height) * TilesAcross;

    /// <summary>Pixels of a line with its border.</summary>
    private int Width => (TilesAcross * Scheme.Tile) + 2;

    private int Height => (Scheme.Tiles(Size.Height) * Scheme.Tile) + 2;

    /// <summary>From a pixel to the one below, in floats.</summary>
    public nint LineStride => (nint)Width * PackedRows.Stride;

    /// <summary>From one chunk of channels to the next, in floats.</summary>
    public nint ChunkStride => LineStride * Height;

    /// <summary>Where a pixel lies within a chunk, in floats.</summary>
    public nint Offset(int y, int x) => ((y + 1) * LineStride) + ((nint)(x + 1) * PackedRows.Stride);

    /// <summary>Sets the border to zero in one chunk.</summary>
    public unsafe void ClearBorder(float* chunk)
    {
        var line = (int)LineStride;
        new Span<float>(chunk, line).Clear();
        for (var y = 0; y < Size.Height; y++)
        {
            var start = chunk + ((y + 1) * LineStride);
            new Span<float>(start, PackedRows.Stride).Clear();
            var end = start + ((nint)(Size.Width + 1) * PackedRows.Stride);
            new Span<float>(end, (int)(start + line - end)).Clear();
        }

        for (var y = Size.Height + 1; y < Height; y++)
        {
            new Span<float>(chunk + (y * LineStride), line).Clear();
        }
    }
}
