namespace DenseNetSharp.Images;

/// <summary>A rectangle in an image, in its pixels, of which the first reaches from 0 to 1.</summary>
/// <param name="Left">Where it begins, from the left.</param>
/// <param name="Top">Where it begins, from the top.</param>
/// <param name="Width">How wide it is.</param>
/// <param name="Height">How high it is.</param>
public readonly record struct ImageArea(double Left, double Top, double Width, double Height);
