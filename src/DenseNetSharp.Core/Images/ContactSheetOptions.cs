using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Images;

/// <summary>How a <see cref="ContactSheet"/> looks.</summary>
public sealed record ContactSheetOptions
{
    /// <summary>Images a row; null for about as many as there are rows. Fewer images than this make a row of their own number.</summary>
    public int? Columns { get; init; }

    /// <summary>The room for an image, in pixels.</summary>
    public ImageSize CellSize { get; init; } = 128;

    /// <summary>Whether cells are no larger than the largest images in them, scaled, need, up to <see cref="CellSize"/>.</summary>
    public bool ShrinksCells { get; init; }

    /// <summary>Pixels between the cells and around all of them.</summary>
    public int Gap { get; init; } = 8;

    /// <summary>The colour of what no image covers; white by default.</summary>
    public RgbColor Background { get; init; } = new(255, 255, 255);

    internal void Validate()
    {
        if (CellSize is { Height: < 1 } or { Width: < 1 })
        {
            throw new ArgumentOutOfRangeException(nameof(CellSize), CellSize, "A cell must be at least 1 pixel each way.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Columns ?? 1, 1, nameof(Columns));
        ArgumentOutOfRangeException.ThrowIfNegative(Gap, nameof(Gap));
    }
}
