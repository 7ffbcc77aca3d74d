using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the CPU, in row order whatever the layout.</summary>
/// <typeparam name="T">The .NET type of the elements.</typeparam>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly T* _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _data = (T*)tensor.Data;
        _tensor = tensor;
    }

    /// <summary>The number of elements.</summary>
    public long Count => _tensor.numel();

    /// <summary>
    /// An element by its position: one number counts in row order, several give one for each dimension.
    /// </summary>
    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    /// <summary>All elements, in row order.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        if (result.Length > 0)
        {
            CopyTo(result.AsSpan());
        }

        return result;
    }

    /// <summary>Copies elements from <paramref name="tensorIndex"/> on, as many as the span has room for.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Remaining(tensorIndex));
        if (_tensor.is_contiguous())
        {
            new ReadOnlySpan<T>(_data + tensorIndex, count).CopyTo(array[arrayIndex..]);
            return;
        }

        foreach (var offset in Offsets(tensorIndex, count))
        {
            array[arrayIndex++] = _data[offset];
        }
    }

    /// <summary>The elements in row order.</summary>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    /// <summary>Does nothing: the tensor belongs to whoever asked for its elements.</summary>
    public void Dispose()
    {
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private long Remaining(long from) =>
        from >= 0 && from < Count ? Count - from : throw new ArgumentOutOfRangeException(nameof(from));

    private long Offset(long[] indices)
    {
        var (shape, strides) = (_tensor.shape, _tensor.stride());
        if (indices.Length == 1)
        {
            return indices[0] < Count
                ? RowOffset(indices[0], shape, strides)
                : throw new IndexOutOfRangeException();
        }

        var offset = 0L;
        for (var dim = 0; dim < shape.Length; dim++)
        {
            offset += indices[dim] >= 0 && indices[dim] < shape[dim]
                ? indices[dim] * strides[dim]
                : throw new IndexOutOfRangeException($"{indices[dim]} >= {shape[dim]} in dimension {dim}.");
        }

        return offset;
    }

    private IEnumerable<long> Offsets(long from, int count)
    {
        var (shape, strides) = (_tensor.shape, _tensor.stride());
        for (var i = from; i < from + count; i++)
        {
            yield return RowOffset(i, shape, strides);
        }
    }

    private static long RowOffset(long index, long[] shape, long[] strides)
    {
        if (index < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(index));
        }

        var offset = 0L;
        for (var dim = shape.Length - 1; dim >= 0; dim--)
        {
            (index, var at) = Math.DivRem(index, shape[dim]);
            offset += at * strides[dim];
        }

        return offset;
    }
}
