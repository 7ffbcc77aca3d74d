namespace DenseNetSharp.Images.Augmentation;

/// <summary>Checks the probabilities that steps are given.</summary>
internal static class Probability
{
    public static double Checked(double p, string name) => p is >= 0 and <= 1
        ? p
        : throw new ArgumentOutOfRangeException(name, p, "A probability is between 0 and 1.");
}
