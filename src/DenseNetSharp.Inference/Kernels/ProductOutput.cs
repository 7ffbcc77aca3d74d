using DenseNetSharp.Inference.Packing;

namespace DenseNetSharp.Inference.Kernels;

/// <summary>Where a product goes: column n of row r to rowOffsets[r] + n / 128 * chunkStride + n % 128.</summary>
/// <param name="first">What the offsets count from.</param>
/// <param name="rowOffsets">One a row, in floats.</param>
/// <param name="chunkStride">From one chunk of columns to the next, in floats; where columns simply follow one another, 128.</param>
internal readonly unsafe struct ProductOutput(float* first, nint* rowOffsets, nint chunkStride = PackedRows.Stride)
{
    public nint* RowOffsets => rowOffsets;

    /// <summary>The first row's output at a column.</summary>
    public float* Column(int column) =>
        first + (column / PackedRows.Stride * chunkStride) + (column % PackedRows.Stride);
}
