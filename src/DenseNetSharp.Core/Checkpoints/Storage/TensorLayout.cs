namespace DenseNetSharp.Checkpoints.Storage;

/// <summary>Where a tensor's elements lie in its storage: an offset, and a size and stride a dimension.</summary>
/// <param name="Offset">Elements before the first one.</param>
/// <param name="Shape">The sizes, outermost first.</param>
/// <param name="Stride">Elements from one index to the next, a dimension.</param>
internal sealed record TensorLayout(long Offset, IReadOnlyList<long> Shape, IReadOnlyList<long> Stride)
{
    /// <summary>PyTorch's own limit.</summary>
    public const int MostDimensions = 64;

    // A tensor that PyTorch expanded has more elements than its storage. A tiny file must not be able to ask for
    // terabytes that way, so above this many elements the storage has to hold each of them.
    private const long MostExpandedElements = 1 << 20;

    public static TensorLayout Contiguous(IReadOnlyList<long> shape)
    {
        var stride = new long[shape.Count];
        var step = 1L;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            stride[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        return new TensorLayout(0, shape, stride);
    }

    public long ElementCount =>
        Shape.Contains(0) ? 0 : Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>
    /// Says in one sentence why a storage of this many elements cannot hold the tensor; null if it can.
    /// </summary>
    public string? FindProblem(long storageElements)
    {
        if (Shape.Count > MostDimensions || Shape.Count != Stride.Count)
        {
            return $"A tensor has {Shape.Count} sizes and {Stride.Count} strides; both must be the same, and at most "
                + $"{MostDimensions}.";
        }

        if (Offset < 0 || Shape.Any(size => size < 0) || Stride.Any(stride => stride < 0))
        {
            return $"A tensor has a negative offset, size or stride: {Describe()}.";
        }

        // PyTorch allows an empty tensor anywhere in its storage.
        if (Shape.Contains(0))
        {
            return null;
        }

        // 128 bits, so that no number in the file can overflow the sums that are meant to refuse it.
        var tooMany = (Int128)long.MaxValue + 1;
        Int128 elements = 1;
        Int128 last = Offset;
        for (var i = 0; i < Shape.Count; i++)
        {
            elements = Int128.Min(elements * Shape[i], tooMany);
            last += (Int128)(Shape[i] - 1) * Stride[i];
        }

        if (last >= storageElements)
        {
            return $"A tensor reaches beyond its storage of {storageElements} elements: {Describe()}.";
        }

        return elements > Math.Max(storageElements, MostExpandedElements)
            ? $"A tensor has far more elements than its storage of {storageElements}: {Describe()}."
            : null;
    }

    private string Describe() => $"offset {Offset}, size {ShapeText.Of(Shape)}, stride {ShapeText.Of(Stride)}";
}
