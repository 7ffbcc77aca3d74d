namespace DenseNetSharp.Classification;

/// <summary>What scores are divided by before they become probabilities.</summary>
internal static class Temperatures
{
    /// <summary>Refuses what is no temperature.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public static double Require(double temperature, string parameter) => IsTemperature(temperature)
        ? temperature
        : throw new ArgumentOutOfRangeException(parameter, temperature, "A temperature is a finite number above 0.");

    public static bool IsTemperature(double temperature) => temperature > 0 && double.IsFinite(temperature);

    /// <summary>What thresholds of probabilities at one temperature are at another, so that the same labels are found
    /// (<c>TemperatureScaling.ConvertThresholds</c>).</summary>
    public static IReadOnlyList<float> ConvertThresholds(IReadOnlyList<float> thresholds, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(thresholds);
        Require(from, nameof(from));
        Require(to, nameof(to));
        return from == to ? thresholds : [.. thresholds.Select(Convert)];

        float Convert(float threshold)
        {
            if (threshold is not (> 0 and <= 1))
            {
                return threshold;
            }

            // Thresholds are most often some image's probability. What is converted is the least number that is rounded to it, so that the
            // image stays above.
            var least = ((double)threshold + MathF.BitDecrement(threshold)) / 2;
            return (float)(1 / (1 + Math.Exp(-Math.Log(least / (1 - least)) * from / to)));
        }
    }
}
