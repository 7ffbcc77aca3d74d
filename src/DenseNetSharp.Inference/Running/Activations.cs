using DenseNetSharp.Architectures;

namespace DenseNetSharp.Inference.Running;

/// <summary>The activations of a head, in double precision: a head has few values.</summary>
internal static class Activations
{
    // From there on erf is 1 to more digits than a double has.
    private const double ErfIsOne = 6;

    /// <summary>Applies one to values in place.</summary>
    public static void Apply(HeadLayerKind kind, Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (float)Of(kind, value);
        }
    }

    private static double Of(HeadLayerKind kind, double x) => kind switch
    {
        // Not Math.Max, but it too leaves what is not a number.
        HeadLayerKind.ReLU => x < 0 ? 0 : x,
        HeadLayerKind.Gelu => x * 0.5 * (1 + Erf(x / Math.Sqrt(2))),
        HeadLayerKind.Silu => x / (1 + Math.Exp(-x)),
        HeadLayerKind.Tanh => Math.Tanh(x),
        HeadLayerKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        HeadLayerKind.LeakyReLU => x < 0 ? 0.01 * x : x,
        HeadLayerKind.Elu => x < 0 ? Math.Exp(x) - 1 : x,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This is no activation."),
    };

    /// <summary>The error function by its series of positive terms, 2 / sqrt(pi) exp(-xx) (x + 2xxx / 3 + 4xxxxx / 15 + ...)
    /// (Abramowitz and Stegun 7.1.6).</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > ErfIsOne)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
