using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Pixels packed for a product, one a row, as <see cref="PackedRows"/> says.</summary>
/// <param name="first">The first row in the first chunk.</param>
/// <param name="rows">Rows.</param>
/// <param name="chunkStride">From one chunk to the next, in floats.</param>
/// <param name="chunkLength">How many values of a row a full chunk has.</param>
internal readonly unsafe struct PackedPixels(float* first, int rows, nint chunkStride, int chunkLength = PackedRows.Stride)
{
    /// <summary>Rows whose chunks follow one another.</summary>
    public PackedPixels(float* first, int rows)
        : this(first, rows, (nint)rows * PackedRows.Stride)
    {
    }

    public float* First => first;

    public int Rows => rows;

    public nint ChunkStride => chunkStride;

    public int ChunkLength => chunkLength;
}
