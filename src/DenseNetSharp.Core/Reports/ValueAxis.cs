using System.Globalization;

namespace DenseNetSharp.Reports;

/// <summary>A round value on an axis, and how it is written.</summary>
internal readonly record struct AxisTick(double Value, string Label);

/// <summary>
/// A scale between two round values that hold all others, with round ticks between: linear, or logarithmic where most
/// values would otherwise be lost beside a few.
/// </summary>
internal sealed class ValueAxis
{
    // Of the largest magnitude to that which a quarter of the values do not exceed.
    private const double WideRatio = 100;

    // A range that is smaller in proportion to the values is drawn as a constant, so that labels stay short.
    private const double SmallestRelativeRange = 1e-5;

    // Below it nothing is told apart from 0; above it a range could overflow.
    private const double SmallestMagnitude = 1e-200;
    private const double LargestMagnitude = 1e200;

    private const int LinearSteps = 5;
    private const int MostDecades = 7;

    private readonly Func<double, double> _transform;

    private ValueAxis(IReadOnlyList<AxisTick> ticks, bool isLogarithmic, Func<double, double> transform)
    {
        Ticks = ticks;
        IsLogarithmic = isLogarithmic;
        _transform = transform;
    }

    /// <summary>The ticks in rising order; the first and the last are the axis' ends.</summary>
    public IReadOnlyList<AxisTick> Ticks { get; }

    public bool IsLogarithmic { get; }

    /// <summary>Whether a value has a place on an axis.</summary>
    public static bool CanShow(double value) => Math.Abs(value) <= LargestMagnitude;

    /// <summary>An axis for values that can be shown; from 0 to 1 where there are none.</summary>
    public static ValueAxis Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return Linear(0, 1);
        }

        var low = values.Min();
        var high = values.Max();
        var magnitudes = values.Select(Math.Abs).Where(magnitude => magnitude >= SmallestMagnitude).Order().ToArray();
        if (magnitudes.Length > 1 && magnitudes[^1] > WideRatio * magnitudes[(magnitudes.Length - 1) / 4])
        {
            return low >= SmallestMagnitude ? Logarithmic(low, high) : SignedLogarithmic(low, high, magnitudes[0]);
        }

        var largest = magnitudes.Length == 0 ? 0 : magnitudes[^1];
        if (high - low > Math.Max(largest * SmallestRelativeRange, SmallestMagnitude))
        {
            return Linear(low, high);
        }

        var room = largest == 0 ? 1 : largest * 0.1;
        return Linear(low - room, high + room);
    }

    /// <summary>Where a value lies, from 0 at the axis' lower end to 1 at its upper.</summary>
    public double Fraction(double value)
    {
        var low = _transform(Ticks[0].Value);
        return (_transform(value) - low) / (_transform(Ticks[^1].Value) - low);
    }

    private static ValueAxis Linear(double low, double high)
    {
        var step = RoundStep.AtLeast((high - low) / LinearSteps);
        var first = (long)Math.Floor(low / step.Value);
        var last = (long)Math.Ceiling(high / step.Value);
        var ticks = new List<AxisTick>();
        for (var i = first; i <= last; i++)
        {
            var value = step.Times(i);
            ticks.Add(new AxisTick(value, Label(value, step, Math.Max(Math.Abs(first), Math.Abs(last)))));
        }

        return new ValueAxis(ticks, isLogarithmic: false, value => value);
    }

    private static ValueAxis Logarithmic(double low, double high)
    {
        var (first, last) = Decades(low, high);
        var candidates = last - first <= 3
            ? Enumerable.Range(first, last - first + 1).SelectMany(exponent => new[] { 1, 2, 5 }.Select(digit => digit * PowerOfTen(exponent)))
            : Every(Stride(last - first), first, last).Select(PowerOfTen);
        var values = candidates.ToArray();
        var start = values.Last(value => value <= low);
        var end = values.First(value => value >= high);
        return new ValueAxis(
            values.Where(value => value >= start && value <= end).Select(DecadeTick).ToList(), isLogarithmic: true, Math.Log10);
    }

    /// <summary>Logarithmic on both sides of 0, and linear about it as far as the smallest magnitude.</summary>
    private static ValueAxis SignedLogarithmic(double low, double high, double smallest)
    {
        var largest = Math.Max(Math.Abs(low), Math.Abs(high));
        var (first, last) = Decades(Math.Max(smallest, largest * 1e-12), largest);
        var threshold = PowerOfTen(first);
        var stride = Stride((last - first) * (low < 0 && high > 0 ? 2 : 1));
        // None at the threshold itself: its label would lie on that of 0.
        var decades = Every(stride, first + stride, last).Select(PowerOfTen).ToArray();
        double[] values = [.. Side(-low).Reverse().Select(value => -value), 0, .. Side(high)];
        return new ValueAxis(
            values.Select(DecadeTick).ToList(),
            isLogarithmic: true,
            value => Math.CopySign(Math.Log10(1 + (Math.Abs(value) / threshold)), value));

        double[] Side(double end) => end <= 0 ? [] : decades[..(Array.FindIndex(decades, decade => decade >= end) + 1)];
    }

    private static (int First, int Last) Decades(double low, double high)
    {
        var first = (int)Math.Floor(Math.Log10(low));
        var last = (int)Math.Ceiling(Math.Log10(high));
        first -= PowerOfTen(first) > low ? 1 : 0;
        last += PowerOfTen(last) < high ? 1 : 0;
        return (first, last);
    }

    private static int Stride(int decades) => (decades + MostDecades - 1) / MostDecades;

    private static IEnumerable<int> Every(int stride, int first, int last)
    {
        var exponent = first;
        for (; exponent < last; exponent += stride)
        {
            yield return exponent;
        }

        yield return exponent;
    }

    private static double PowerOfTen(int exponent) => double.Parse($"1e{exponent}", CultureInfo.InvariantCulture);

    private static AxisTick DecadeTick(double value)
    {
        var magnitude = Math.Abs(value);
        var plain = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e6);
        return new AxisTick(value, value.ToString(plain ? "0.####" : "0e0", CultureInfo.InvariantCulture));
    }

    private static string Label(double value, RoundStep step, long largestMultiple)
    {
        var plain = step.Exponent >= -6 && Math.Abs(step.Times(largestMultiple)) < 1e6;
        return plain
            ? value.ToString($"F{Math.Max(-step.Exponent, 0)}", CultureInfo.InvariantCulture)
            : value.ToString(value == 0 ? "0" : "0.#######e0", CultureInfo.InvariantCulture);
    }
}
