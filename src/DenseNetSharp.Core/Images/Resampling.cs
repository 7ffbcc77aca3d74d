namespace DenseNetSharp.Images;

/// <summary>How a resize weighs the pixels, with Pillow's names and numbers (<c>Image.Resampling</c>).</summary>
/// <remarks>
/// All but <see cref="Nearest"/> are antialiased: when an image shrinks, the filter widens so that every pixel counts.
/// </remarks>
public enum Resampling
{
    /// <summary>The nearest pixel, unfiltered.</summary>
    Nearest = 0,

    /// <summary>A sinc windowed by a wider sinc, three pixels each side.</summary>
    Lanczos = 1,

    /// <summary>A triangle, one pixel each side.</summary>
    Bilinear = 2,

    /// <summary>A cubic (a = -0.5), two pixels each side.</summary>
    Bicubic = 3,

    /// <summary>The plain average, half a pixel each side.</summary>
    Box = 4,

    /// <summary>A sinc under a Hamming window, one pixel each side.</summary>
    Hamming = 5,
}
