namespace DenseNetSharp.Training;

/// <summary>The way from one value to another along half a cosine.</summary>
internal static class CosineAnnealing
{
    public static double Between(double start, double end, double part) =>
        end + (start - end) / 2 * (1 + Math.Cos(Math.PI * part));
}
