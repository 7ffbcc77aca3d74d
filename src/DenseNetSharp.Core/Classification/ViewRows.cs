using System.Buffers;
using DenseNetSharp.Images;

namespace DenseNetSharp.Classification;

/// <summary>Prepares images in every way that a classifier's networks want, one after another in a row an image.</summary>
internal sealed class ViewRows(IReadOnlyList<ImageViews> views)
{
    private readonly ImageViews? _only = views.Count == 1 ? views[0] : null;

    /// <summary>The channels of a row as an image; of several ways, which have no shape in common, its values.</summary>
    public int Channels => _only is not null ? _only.Count * _only.Preset.Channels : FixedSize is null ? 1 : LengthOf(FixedSizes()!);

    /// <summary>The size of a row as an image; null where it depends on the image.</summary>
    public ImageSize? FixedSize => _only is not null ? _only.Preset.FixedOutputSize : FixedSizes() is null ? null : (1, 1);

    /// <summary>The size of an image's row as an image, where it depends on the image.</summary>
    public ImageSize SizeOf(RgbImage image) => _only is not null ? SizesOf(image)[0] : new(1, LengthOf(SizesOf(image)));

    /// <summary>Prepares one image.</summary>
    /// <returns>The sizes of its views, one a way.</returns>
    public IReadOnlyList<ImageSize> Prepare(RgbImage image, Span<float> row)
    {
        var sizes = SizesOf(image);
        foreach (var (each, size) in views.Zip(sizes))
        {
            var length = (int)each.LengthOf(size);
            each.Apply(image, row[..length]);
            row = row[length..];
        }

        return sizes;
    }

    /// <summary>Prepares images for one pass, in memory that the caller gives back by disposing them.</summary>
    /// <exception cref="ArgumentException">They come out at different sizes.</exception>
    public PreparedImages Prepare(IReadOnlyList<RgbImage> images)
    {
        ImageSize[] sizes = [.. views.Select(each => ImagePreprocessor.SizeOfAll(each.Preset, images))];
        var length = LengthOf(sizes);
        var total = checked(images.Count * length);
        var rows = ArrayPool<float>.Shared.Rent(total);
        foreach (var (i, image) in images.Index())
        {
            Prepare(image, rows.AsSpan(i * length, length));
        }

        return new PreparedImages(views, sizes, images.Count, rows.AsSpan(0, total), rows);
    }

    private ImageSize[] SizesOf(RgbImage image) => [.. views.Select(each => each.Preset.OutputSize(image.Height, image.Width))];

    private ImageSize[]? FixedSizes() => views.All(each => each.Preset.FixedOutputSize is not null)
        ? [.. views.Select(each => each.Preset.FixedOutputSize!.Value)]
        : null;

    private int LengthOf(IReadOnlyList<ImageSize> sizes)
    {
        var length = views.Zip(sizes).Sum(pair => pair.First.LengthOf(pair.Second));
        return length <= Array.MaxLength
            ? (int)length
            : throw new ArgumentException($"The {views.Sum(each => each.Count)} views of an image are {length} values, more than fit in one array.");
    }
}
