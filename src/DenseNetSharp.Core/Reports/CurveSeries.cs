namespace DenseNetSharp.Reports;

/// <summary>One curve: a value an epoch, null where it was not measured, and how it is told from the others.</summary>
internal sealed record CurveSeries(string Name, IReadOnlyList<double?> Values, bool? LowerIsBetter, PlotLine Line)
{
    /// <summary>The series with a colour, and where the colours are used up dashes, of its own.</summary>
    public static CurveSeries Of(string name, IReadOnlyList<double?> values, bool? lowerIsBetter, int index) =>
        new(name, values, lowerIsBetter, PlotLine.Of(index));

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
