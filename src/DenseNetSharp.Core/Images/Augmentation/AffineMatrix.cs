namespace DenseNetSharp.Images.Augmentation;

/// <summary>(x, y) to (A x + B y + C, D x + E y + F), added up in Pillow's order.</summary>
internal readonly record struct AffineMatrix(double A, double B, double C, double D, double E, double F)
{
    public (double X, double Y) Map(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>The matrix whose origin is what this one makes of a point.</summary>
    public AffineMatrix MovedTo(double x, double y)
    {
        var (c, f) = Map(x, y);
        return this with { C = c, F = f };
    }
}
