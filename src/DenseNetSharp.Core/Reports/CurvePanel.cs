using System.Globalization;
using System.Text;

namespace DenseNetSharp.Reports;

/// <summary>A plot of some series over the epochs, with a legend below that gives their last and best values.</summary>
internal sealed class CurvePanel
{
    public const double Width = 500;

    private const double PlotLeft = 76;
    private const double PlotRight = 480;
    private const double PlotTop = 46;
    private const double PlotBottom = 306;

    // Between the plot's sides and the first and last epochs, so that marks do not lie on the frame.
    private const double Inset = 8;

    private const string Paper = "#ffffff";
    private const double BestRadius = 5;
    private const double LastRadius = 2.75;

    // From here on lines are thinner.
    private const int DenseEpochs = 200;

    // A line of text beside a mark.
    private const double MarkHeight = 11;

    private const double LegendTop = 372;
    private const double RowHeight = 21;
    private const double LastRight = 322;
    private const double BestRight = 396;
    private const double CharacterWidth = 7.5;
    private const int MostNameCharacters = 20;

    private readonly string _title;
    private readonly IReadOnlyList<int> _epochs;
    private readonly IReadOnlyList<CurveSeries> _series;
    private readonly IReadOnlyList<EpochMark> _marks;
    private readonly ValueAxis _axis;

    public CurvePanel(string title, IReadOnlyList<int> epochs, IReadOnlyList<CurveSeries> series, IReadOnlyList<EpochMark> marks)
    {
        _marks = marks;
        _epochs = epochs;
        _series = series;
        _axis = ValueAxis.Of(
            series.SelectMany(one => one.Values).OfType<double>().Where(ValueAxis.CanShow).ToList());
        _title = _axis.IsLogarithmic ? $"{title} (logarithmic)" : title;
    }

    public double Height => LegendTop + (_series.Count * RowHeight) + RowHeight;

    public void Draw(SvgWriter svg, double left)
    {
        using (svg.Element("g", ("class", "panel"), ("transform", $"translate({SvgWriter.Number(left)} 0)")))
        {
            svg.Label("title", PlotLeft, 26, _title);
            DrawAxes(svg);
            DrawEpochMarks(svg);
            foreach (var series in _series)
            {
                DrawCurve(svg, series);
            }
            // Above all curves.
            foreach (var series in _series)
            {
                DrawMarks(svg, series);
            }

            DrawLegend(svg);
        }
    }

    private void DrawAxes(SvgWriter svg)
    {
        foreach (var tick in _axis.Ticks)
        {
            var y = Y(tick.Value);
            svg.Line("grid", PlotLeft, y, PlotRight, y);
            svg.Label("tick-y", PlotLeft - 8, y, tick.Label);
        }

        foreach (var epoch in EpochTicks())
        {
            var x = X(epoch);
            svg.Line("grid", x, PlotTop, x, PlotBottom);
            svg.Label("tick-x", x, PlotBottom + 14, epoch.ToString(CultureInfo.InvariantCulture));
        }

        svg.Line("axis", PlotLeft, PlotTop, PlotLeft, PlotBottom);
        svg.Line("axis", PlotLeft, PlotBottom, PlotRight, PlotBottom);
        svg.Label("axis-name", (PlotLeft + PlotRight) / 2, PlotBottom + 33, "epoch");
    }

    private void DrawEpochMarks(SvgWriter svg)
    {
        foreach (var marks in _marks.Where(mark => mark.Epoch >= _epochs[0] && mark.Epoch <= _epochs[^1]).GroupBy(mark => mark.Epoch))
        {
            var x = X(marks.Key);
            svg.Line("mark", x, PlotTop, x, PlotBottom);
            // Along the line, on the side where there is room.
            var side = x - PlotLeft < MarkHeight ? MarkHeight : -3;
            svg.Text(
                "text",
                string.Join(", ", marks.Select(mark => mark.Text)),
                ("class", "mark-name"),
                ("transform", $"translate({SvgWriter.Number(x + side)} {SvgWriter.Number(PlotBottom - 6)}) rotate(-90)"));
        }
    }

    private void DrawCurve(SvgWriter svg, CurveSeries series)
    {
        var lines = new StringBuilder();
        var points = new StringBuilder();
        for (var i = 0; i < _epochs.Count; i++)
        {
            if (!series.Shows(i))
            {
                continue;
            }

            var begins = i == 0 || !series.Shows(i - 1);
            var ends = i == _epochs.Count - 1 || !series.Shows(i + 1);
            if (begins && ends)
            {
                // With round ends, a line of no length is a dot: an epoch between gaps is seen too.
                points.Append('M').Append(Point(series, i)).Append("h0 ");
            }
            else
            {
                lines.Append(begins ? 'M' : 'L').Append(Point(series, i)).Append(' ');
            }
        }

        DrawPath(svg, _epochs.Count > DenseEpochs ? "curve dense" : "curve", lines, series, series.Line.Dashes);
        DrawPath(svg, "points", points, series, dashes: null);
    }

    private static void DrawPath(SvgWriter svg, string type, StringBuilder path, CurveSeries series, string? dashes)
    {
        if (path.Length > 0)
        {
            var data = path.ToString(0, path.Length - 1);
            svg.Empty("path", ("class", $"{type} {series.Line.Class}"), ("d", data), ("stroke", series.Line.Color), ("stroke-dasharray", dashes));
        }
    }

    private void DrawMarks(SvgWriter svg, CurveSeries series)
    {
        if (series.Best >= 0)
        {
            Mark(svg, "best", series, series.Best, BestRadius, Paper);
        }

        if (series.Last >= 0 && series.Shows(series.Last))
        {
            Mark(svg, "last", series, series.Last, LastRadius, series.Line.Color);
        }
    }

    private void Mark(SvgWriter svg, string type, CurveSeries series, int index, double radius, string fill)
    {
        using (svg.Element(
            "circle",
            ("class", $"{type} {series.Line.Class}"),
            ("cx", SvgWriter.Number(X(_epochs[index]))),
            ("cy", SvgWriter.Number(Y(series.Values[index]!.Value))),
            ("r", SvgWriter.Number(radius)),
            ("stroke", series.Line.Color),
            ("fill", fill)))
        {
            svg.Text("title", $"{series.Name}: {type} {ValueText(series, index)} at epoch {_epochs[index]}");
        }
    }

    private void DrawLegend(SvgWriter svg)
    {
        DrawKey(svg, LastRight, "last", LastRadius, "#5b6470");
        DrawKey(svg, BestRight, "best", BestRadius, Paper);
        svg.Label("head end", PlotRight, LegendTop, "at epoch");
        for (var i = 0; i < _series.Count; i++)
        {
            DrawRow(svg, _series[i], LegendTop + ((i + 1) * RowHeight));
        }
    }

    private static void DrawKey(SvgWriter svg, double right, string text, double radius, string fill)
    {
        svg.Empty(
            "circle",
            ("class", fill == Paper ? "key hollow" : "key"),
            ("cx", SvgWriter.Number(right - 36)),
            ("cy", SvgWriter.Number(LegendTop)),
            ("r", SvgWriter.Number(radius)),
            ("fill", fill));
        svg.Label("head end", right, LegendTop, text);
    }

    private void DrawRow(SvgWriter svg, CurveSeries series, double y)
    {
        using (svg.Element("g", ("class", "row")))
        {
            svg.Text("title", series.Name);
            svg.Empty(
                "path",
                ("class", $"curve sample {series.Line.Class}"),
                ("d", $"M{SvgWriter.Number(PlotLeft)} {SvgWriter.Number(y)} h24"),
                ("stroke", series.Line.Color),
                ("stroke-dasharray", series.Line.Dashes));
            svg.Label("name", PlotLeft + 34, y, SvgWriter.Shortened(series.Name, MostNameCharacters));
            svg.Label("value end", LastRight, y, ValueText(series, series.Last));
            svg.Label("value end", BestRight, y, ValueText(series, series.Best));
            svg.Label("value end", PlotRight, y, series.Best < 0 ? "–" : _epochs[series.Best].ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A value in four digits.</summary>
    private static string ValueText(CurveSeries series, int index)
    {
        if (index < 0)
        {
            return "–";
        }

        var value = series.Values[index]!.Value;
        if (!double.IsFinite(value))
        {
            return "not finite";
        }

        var magnitude = Math.Abs(value);
        if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e6))
        {
            return value.ToString("0.###e0", CultureInfo.InvariantCulture);
        }

        var decimals = magnitude == 0 ? 0 : Math.Clamp(3 - (int)Math.Floor(Math.Log10(magnitude)), 0, 7);
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    /// <summary>The epochs at which there is a tick: round ones, as many as their labels leave room for.</summary>
    private IEnumerable<int> EpochTicks()
    {
        long first = _epochs[0];
        long last = _epochs[^1];
        var labelWidth = (last.ToString(CultureInfo.InvariantCulture).Length * CharacterWidth) + 24;
        var distance = (last - first) * labelWidth / (PlotRight - PlotLeft);
        var step = distance <= 1 ? 1 : (long)RoundStep.AtLeast(distance).Value;
        for (var epoch = (first + step - 1) / step * step; epoch <= last; epoch += step)
        {
            yield return (int)epoch;
        }
    }

    private string Point(CurveSeries series, int index) =>
        $"{SvgWriter.Number(X(_epochs[index]))} {SvgWriter.Number(Y(series.Values[index]!.Value))}";

    private double X(double epoch)
    {
        var fraction = _epochs.Count == 1 ? 0.5 : (epoch - _epochs[0]) / ((double)_epochs[^1] - _epochs[0]);
        return PlotLeft + Inset + (fraction * (PlotRight - PlotLeft - (2 * Inset)));
    }

    private double Y(double value) => PlotBottom - (_axis.Fraction(value) * (PlotBottom - PlotTop));
}
