namespace DenseNetSharp.Images.Formats.Png;

/// <summary>One pass over the image: the pixels at every <c>step</c>-th column and row from an origin.</summary>
internal readonly record struct PngPass(int OriginX, int OriginY, int StepX, int StepY)
{
    private static readonly PngPass[] Plain = [new(0, 0, 1, 1)];

    /// <summary>Adam7 (PNG specification, 8.2).</summary>
    private static readonly PngPass[] Interlaced =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    /// <summary>The passes of an image, without those in which it has no pixels.</summary>
    public static IEnumerable<PngPass> Of(PngHeader header) =>
        (header.Interlaced ? Interlaced : Plain).Where(pass => pass.Width(header) > 0 && pass.Height(header) > 0);

    /// <summary>The pixels in each of the pass's rows.</summary>
    public int Width(PngHeader header) => Count(header.Width, OriginX, StepX);

    /// <summary>The pass's rows.</summary>
    public int Height(PngHeader header) => Count(header.Height, OriginY, StepY);

    private static int Count(int size, int origin, int step) => (int)(((long)size - origin + step - 1) / step);
}
