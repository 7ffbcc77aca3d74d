namespace DenseNetSharp.Reports;

/// <summary>One curve: a value an epoch, null where it was not measured, and how it is told from the others.</summary>
internal sealed record CurveSeries(string Name, IReadOnlyList<double?> Values, bool? LowerIsBetter, string Color, string? Dashes)
{
    private static readonly string[] Palette =
        ["#1f6fb4", "#d9620a", "#23863f", "#7c4dc0", "#c42f3c", "#0a8a9e", "#8a5a3c", "#c0458f"];

    private static readonly string?[] DashPatterns = [null, "6 3", "2 3", "8 3 2 3"];

    /// <summary>The series with a colour, and where the colours are used up dashes, of its own.</summary>
    public static CurveSeries Of(string name, IReadOnlyList<double?> values, bool? lowerIsBetter, int index) =>
        new(
            name,
            values,
            lowerIsBetter,
            Palette[index % Palette.Length],
            DashPatterns[index / Palette.Length % DashPatterns.Length]);

    /// <summary>Whether the value of an epoch has a place on an axis.</summary>
    public bool Shows(int index) => Values[index] is double value && ValueAxis.CanShow(value);

    /// <summary>The index of the last measured value, which may be no number; -1 where there is none.</summary>
    public int Last => Values.ToList().FindLastIndex(value => value is not null);

    /// <summary>The index of the best value, the first of equals; -1 where none can be shown or no value is better than another.
    /// </summary>
    public int Best
    {
        get
        {
            if (LowerIsBetter is not { } lowerIsBetter)
            {
                return -1;
            }

            var best = -1;
            for (var i = 0; i < Values.Count; i++)
            {
                if (Shows(i) && (best < 0 || (lowerIsBetter ? Values[i] < Values[best] : Values[i] > Values[best])))
                {
                    best = i;
                }
            }

            return best;
        }
    }
}
