namespace DenseNetSharp.Images.Augmentation;

/// <summary>A colour of 8 bits a channel; the default is black.</summary>
/// <param name="Red">Red.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>A gray.</summary>
    /// <param name="gray">The value of all three channels.</param>
    public static implicit operator RgbColor(byte gray) => new(gray, gray, gray);
}
