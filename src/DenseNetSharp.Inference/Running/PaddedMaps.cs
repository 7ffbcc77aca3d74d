using DenseNetSharp.Images;
using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Running;

/// <summary>
/// How feature maps lie that a 3x3 convolution reads: in chunks of channels, in each line by line, within a border of zeros wide
/// enough for the last tile of a line and the last line of tiles.
/// </summary>
/// <param name="Size">Pixels.</param>
/// <param name="Scheme">The convolution's tiles.</param>
/// <param name="PixelStride">From one pixel to the next, in floats, and the most channels of a chunk: <see cref="PackedRows.Stride"/>, or
/// less where there are few channels.</param>
internal readonly record struct PaddedMaps(ImageSize Size, WinogradScheme Scheme, int PixelStride = PackedRows.Stride)
{
    public int TilesAcross => Scheme.Tiles(Size.Width);

    public int Tiles => Scheme.Tiles(Size.Height) * TilesAcross;

    /// <summary>Pixels of a line with its border.</summary>
    private int Width => (TilesAcross * Scheme.Tile) + 2;

    private int Height => (Scheme.Tiles(Size.Height) * Scheme.Tile) + 2;

    /// <summary>From a pixel to the one below, in floats.</summary>
    public nint LineStride => (nint)Width * PixelStride;

    /// <summary>From one chunk of channels to the next, in floats.</summary>
    public nint ChunkStride => LineStride * Height;

    /// <summary>Maps of a convolution's input, as close as its channels allow.</summary>
    public static PaddedMaps Close(ImageSize size, PackedConvolution3x3 convolution) =>
        new(size, convolution.Scheme, convolution.Matrices[0].K switch { <= 32 => 32, <= 64 => 64, _ => PackedRows.Stride });

    /// <summary>Where a pixel lies within a chunk, in floats.</summary>
    public nint Offset(int y, int x) => ((y + 1) * LineStride) + ((nint)(x + 1) * PixelStride);

    /// <summary>Floats that maps of so many channels take.</summary>
    public nint Length(int channels) => checked(ChunkStride * PackedRows.Chunks(channels));

    /// <summary>Sets the border to zero in all chunks of so many channels.</summary>
    public unsafe void ClearBorder(float* maps, int channels)
    {
        for (var chunk = 0; chunk < PackedRows.Chunks(channels); chunk++)
        {
            ClearBorder(maps + (chunk * ChunkStride));
        }
    }

    private unsafe void ClearBorder(float* chunk)
    {
        var line = (int)LineStride;
        new Span<float>(chunk, line).Clear();
        for (var y = 0; y < Size.Height; y++)
        {
            var start = chunk + ((y + 1) * LineStride);
            new Span<float>(start, PixelStride).Clear();
            var end = start + ((nint)(Size.Width + 1) * PixelStride);
            new Span<float>(end, (int)(start + line - end)).Clear();
        }

        for (var y = Size.Height + 1; y < Height; y++)
        {
            new Span<float>(chunk + (y * LineStride), line).Clear();
        }
    }
}
