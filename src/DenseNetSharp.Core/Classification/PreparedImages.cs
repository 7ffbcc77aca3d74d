using System.Buffers;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>Images prepared for one network or several: a row an image, and in it all views of each way to prepare it.</summary>
/// <param name="views">The ways to prepare an image, in a row's order.</param>
/// <param name="sizes">The size of each one's views.</param>
/// <param name="count">How many images.</param>
/// <param name="rows">The rows.</param>
/// <param name="rented">The memory of the rows, where it is to be given back.</param>
internal readonly ref struct PreparedImages(
    IReadOnlyList<ImageViews> views, IReadOnlyList<ImageSize> sizes, int count, ReadOnlySpan<float> rows, float[]? rented = null)
{
    private readonly ReadOnlySpan<float> _rows = rows;

    /// <summary>How many images there are.</summary>
    public int Count => count;

    /// <summary>The views of one way, <c>[Count * views.Count, channels, height, width]</c>.</summary>
    /// <param name="wanted">The way, one of those that the images were prepared in.</param>
    /// <param name="size">Their size.</param>
    public ReadOnlySpan<float> Of(ImageViews wanted, out ImageSize size)
    {
        int place = 0, start = 0;
        for (; !views[place].Equals(wanted); place++)
        {
            start += (int)views[place].LengthOf(sizes[place]);
        }

        size = sizes[place];
        if (views.Count == 1)
        {
            return _rows;
        }

        var (length, row) = ((int)wanted.LengthOf(size), _rows.Length / count);
        var own = new float[count * length];
        for (var i = 0; i < count; i++)
        {
            _rows.Slice((i * row) + start, length).CopyTo(own.AsSpan(i * length));
        }

        return own;
    }

    /// <summary>Gives the memory back, once nobody reads the rows any more.</summary>
    public void Dispose()
    {
        if (rented is not null)
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
