namespace DenseNetSharp.Images;

/// <summary>What a decoder may do with an image.</summary>
public sealed record ImageDecodeOptions
{
    /// <summary>The defaults.</summary>
    public static ImageDecodeOptions Default { get; } = new();

    /// <summary>
    /// The most pixels (width times height) an image may have; a larger one is refused before any memory is taken for
    /// it. The default is where Pillow raises <c>DecompressionBombError</c>: twice <c>Image.MAX_IMAGE_PIXELS</c>.
    /// </summary>
    public long MaxPixels { get; init; } = 2 * 89_478_485L;

    internal void CheckSize(long width, long height)
    {
        if (width <= 0 || height <= 0)
        {
            throw new ImageFormatException($"its header says {width}x{height} pixels, which is no image");
        }
        if (width > MaxPixels / height)
        {
            throw new ImageFormatException(
                $"its header says {width}x{height} pixels, more than the limit of {MaxPixels} " +
                $"({nameof(ImageDecodeOptions)}.{nameof(MaxPixels)})");
        }
        if (3 * width * height > Array.MaxLength)
        {
            throw new ImageFormatException($"its {width}x{height} pixels do not fit in one array");
        }
    }
}
