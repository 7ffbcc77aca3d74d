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
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1.</exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxPixels));
            field = value;
        }
    } = 2 * 89_478_485L;

    /// <summary>
    /// The most bytes a file or stream may have; a longer one is refused, a stream after so many have been read. The
    /// default is 512 MiB, which no image within the default <see cref="MaxPixels"/> needs.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is less than 1, or more than fits in one array.</exception>
    public int MaxFileBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxFileBytes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength, nameof(MaxFileBytes));
            field = value;
        }
    } = 1 << 29;

    /// <summary>
    /// Whether to turn the image upright as its EXIF orientation says, as Pillow's <c>ImageOps.exif_transpose</c> does.
    /// torchvision and most training pipelines do not, so the default is false. EXIF data that cannot be read is ignored, and so is an orientation
    /// that stands in a text chunk or in XMP.
    /// </summary>
    public bool ApplyExifOrientation { get; init; }

    /// <summary>
    /// A size that suffices. A JPEG is decoded at 1/2, 1/4 or 1/8 of its size, at a fraction of the cost, where neither
    /// side falls below this one; the pixels are those of Pillow's <c>Image.draft("RGB", size)</c>, not those of the full
    /// image resized. Null, the default, decodes everything in full, and so it is with other formats. Measured on the
    /// upright image where <see cref="ApplyExifOrientation"/> turns it; <see cref="MaxPixels"/> goes by the file's own size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public ImageSize? AtLeast
    {
        get;
        init
        {
            if (value is { Height: < 1 } or { Width: < 1 })
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Both sides must be at least 1.");
            }

            field = value;
        }
    }

    /// <summary>
    /// Whether a gray PNG, TIFF or PNM of 16 bits, as medical images often are, keeps the upper 8 of them. The default is false, what
    /// Pillow's <c>convert("RGB")</c> does: every value above 255 becomes 255, so that most such images come out white.
    /// </summary>
    public bool KeepUpperBitsOfGray { get; init; }

    /// <summary>
    /// Called when a decoded image has lost more of its gray values than 8 bits must, with what became of them. At most once per image, possibly from
    /// several threads; null, the default, to say nothing.
    /// </summary>
    public Action<GrayLoss>? GrayLost { get; init; }

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
                $"({nameof(ImageDecodeOptions)}.{nameof(MaxPixels)})")
            {
                Problem = ImageProblem.TooManyPixels,
            };
        }

        if (width > Array.MaxLength / 3 / height)
        {
            throw new ImageFormatException($"its {width}x{height} pixels do not fit in one array") { Problem = ImageProblem.TooManyPixels };
        }
    }
}
