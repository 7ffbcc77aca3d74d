using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace SimilarImages;

/// <summary>An image file, or a changed copy of one that only memory holds.</summary>
internal sealed record Picture(string Path, string? Change = null, Func<RgbImage, RgbImage>? Apply = null)
{
    /// <summary>The name of the folder that it lies in: its class, where folders are classes.</summary>
    public string Folder => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)))!;

    public RgbImage Load(ImageDecodeOptions decode)
    {
        var image = RgbImage.Load(Path, decode);
        return Apply is null ? image : Apply(image);
    }
}

/// <summary>Copies such as people make of pictures.</summary>
internal static class ChangedCopies
{
    private static readonly (string Name, Func<RgbImage, RgbImage> Apply)[] _changes =
    [
        ("brighter", image => ImageColor.AdjustBrightness(image, 1.1)),
        ("mirrored", ImageGeometry.FlipHorizontally),
        ("cropped", image => ImageGeometry.ResizedCrop(
            image, 1, 1, image.Height - 2, image.Width - 2, (image.Height, image.Width))),
    ];

    /// <summary>Each change of the first picture of each folder.</summary>
    public static IReadOnlyList<Picture> Of(IEnumerable<Picture> pictures)
    {
        Picture[] first = [.. pictures.DistinctBy(picture => picture.Folder)];
        return [.. _changes.SelectMany(change => first.Select(picture => new Picture(picture.Path, change.Name, change.Apply)))];
    }
}
