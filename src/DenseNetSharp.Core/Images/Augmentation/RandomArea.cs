using DenseNetSharp.Randomness;

namespace DenseNetSharp.Images.Augmentation;

/// <summary>A rectangle's random area and aspect ratio, as torchvision's random resized crop and random erasing draw them.</summary>
/// <remarks>
/// PyTorch approximates a float's exponential function in vectors, and misses the last bit of one in thirteen; here it is
/// rounded correctly. That bit changes a rectangle by a pixel in about three of a million images.
/// </remarks>
internal static class RandomArea
{
    /// <summary>How often a rectangle that does not fit is drawn again.</summary>
    public const int Attempts = 10;

    /// <summary>Draws the square root of area times ratio and of area by ratio, each rounded to whole pixels.</summary>
    public static (int Multiplied, int Divided) Draw(TorchRandom random, ImageSize size, ValueRange scale, ValueRange ratio)
    {
        var area = (double)size.Height * size.Width * scale.Draw(random);
        var logarithm = random.Uniform(Log(ratio.Min), Log(ratio.Max));
        double aspectRatio = (float)Math.Exp(logarithm);
        return (Round(area * aspectRatio), Round(area / aspectRatio));
    }

    private static float Log(double ratio) => (float)Math.Log((float)ratio);

    // To even, as Python's round; a side beyond every image stays one.
    private static int Round(double square) => (int)Math.Min(Math.Round(Math.Sqrt(square)), int.MaxValue);
}
