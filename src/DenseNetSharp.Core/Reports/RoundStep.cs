namespace DenseNetSharp.Reports;

/// <summary>A distance between ticks: 1, 2 or 5 times a power of ten.</summary>
internal readonly record struct RoundStep(int Digit, int Exponent)
{
    public double Value => Times(1);

    public static RoundStep AtLeast(double distance)
    {
        var exponent = (int)Math.Floor(Math.Log10(distance));
        // A little above is as good, so that 0.1 / 5 gives 0.02 however it is rounded.
        var digits = (distance / Math.Pow(10, exponent)) - 1e-9;
        return digits <= 1 ? new RoundStep(1, exponent)
            : digits <= 2 ? new RoundStep(2, exponent)
            : digits <= 5 ? new RoundStep(5, exponent)
            : new RoundStep(1, exponent + 1);
    }

    /// <summary>A multiple, rounded once where the power of ten is exact, so that three times 0.1 is 0.3.</summary>
    public double Times(long count) =>
        Exponent < 0 ? count * Digit / Math.Pow(10, -Exponent) : count * Digit * Math.Pow(10, Exponent);
}
