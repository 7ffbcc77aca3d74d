using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>A step that changes an image by chance. Immutable, so one instance serves any number of threads.</summary>
public interface IImageAugmentation
{
    /// <summary>Draws what it needs and changes the image accordingly.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="random">Where the decisions come from. The same state gives the same result.</param>
    /// <returns>A new image, or the same object where nothing changes.</returns>
    /// <exception cref="ArgumentException">The image does not suit the step, for example because it is too small.</exception>
    RgbImage Apply(RgbImage image, TorchRandom random);
}
