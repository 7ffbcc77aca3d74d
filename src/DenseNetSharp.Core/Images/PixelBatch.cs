namespace DenseNetSharp.Images;

/// <summary>What an <see cref="ImageBatch{T}"/> is, of values of any type.</summary>
internal sealed class PixelBatch<T, TPixel>(
    IReadOnlyList<ImageBatchItem<T>> items, int channels, ImageSize size, TPixel[] pixels, Action<TPixel[]> recycle) : IDisposable
{
    private TPixel[]? _pixels = pixels;

    public IReadOnlyList<ImageBatchItem<T>> Items => items;

    public IReadOnlyList<T> Sources { get; } = [.. items.Where(item => item.Row is not null).Select(item => item.Source)];

    public IEnumerable<ImageBatchItem<T>> Unreadable => items.Where(item => item.Row is null);

    public int Count => Sources.Count;

    public int Channels => channels;

    public ImageSize Size => size;

    public bool IsDisposed => _pixels is null;

    public ReadOnlySpan<TPixel> Pixels => _pixels.AsSpan(0, Count * channels * size.Height * size.Width);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
        {
            recycle(pixels);
        }
    }
}
