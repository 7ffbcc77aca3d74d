using System.Globalization;

namespace DenseNetSharp.Reports;

/// <summary>A curve in a plot of shares against shares.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Value">What the legend gives for it.</param>
/// <param name="Points">Points of the curve, from 0 to 1 both ways.</param>
internal sealed record UnitCurve(string Name, string Value, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A plot of shares against shares, both from 0 to 1, with a legend below.</summary>
internal sealed class UnitPlot
{
    public const double Width = 400;

    private const double Left = 62;
    private const double Right = 382;
    private const double Top = 46;
    private const double Side = Right - Left;
    private const double Bottom = Top + Side;
    private const double LegendTop = Bottom + 78;
    private const double RowHeight = 21;
    private const int MostNameCharacters = 26;

    // Points nearer than this to the one before are not seen.
    private const double LeastDistance = 0.4;

    public required string Title { get; init; }

    public required string XName { get; init; }

    public required string YName { get; init; }

    /// <summary>What stands above the legend's values.</summary>
    public required string ValueName { get; init; }

    public required IReadOnlyList<UnitCurve> Curves { get; init; }

    /// <summary>What is to be said below the legend, such as which curves are not shown; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the diagonal, which chance or a perfect calibration gives, is drawn.</summary>
    public bool HasDiagonal { get; init; }

    /// <summary>Whether points are marked.</summary>
    public bool HasMarks { get; init; }

    public string ToSvg() => SvgWriter.Document(Draw);

    public void Draw(SvgWriter svg)
    {
        var height = LegendTop + ((Curves.Count + (Note is null ? 0 : 1)) * RowHeight) + 12;
        using (svg.Picture(Title, Width, height))
        {
            svg.Label("title", Left, 26, Title);
            DrawAxes(svg);
            foreach (var (i, curve) in Curves.Index())
            {
                DrawCurve(svg, curve, PlotLine.Of(i));
            }

            svg.Label("head end", Right, LegendTop - 20, ValueName);
            foreach (var (i, curve) in Curves.Index())
            {
                DrawRow(svg, curve, PlotLine.Of(i), LegendTop + (i * RowHeight));
            }

            if (Note is not null)
            {
                svg.Label("note", Left, LegendTop + (Curves.Count * RowHeight), Note);
            }
        }
    }

    private void DrawAxes(SvgWriter svg)
    {
        for (var tick = 0; tick <= 5; tick++)
        {
            var share = tick / 5.0;
            var label = share.ToString("0.0", CultureInfo.InvariantCulture);
            svg.Line("grid", Left, Y(share), Right, Y(share));
            svg.Line("grid", X(share), Top, X(share), Bottom);
            svg.Label("tick-y", Left - 8, Y(share), label);
            svg.Label("tick-x", X(share), Bottom + 14, label);
        }

        if (HasDiagonal)
        {
            svg.Line("chance", Left, Bottom, Right, Top);
        }

        svg.Line("axis", Left, Top, Left, Bottom);
        svg.Line("axis", Left, Bottom, Right, Bottom);
        svg.Label("axis-name", (Left + Right) / 2, Bottom + 33, XName);
        svg.Text(
            "text",
            YName,
            ("class", "axis-name"),
            ("transform", $"translate({SvgWriter.Number(Left - 42)} {SvgWriter.Number((Top + Bottom) / 2)}) rotate(-90)"));
    }

    private void DrawCurve(SvgWriter svg, UnitCurve curve, PlotLine line)
    {
        if (curve.Points.Count == 0)
        {
            return;
        }

        using (svg.Element("g", ("class", "series")))
        {
            svg.Text("title", $"{curve.Name}: {ValueName} {curve.Value}");
            svg.Empty(
                "path",
                ("class", $"curve {line.Class}"),
                ("d", $"M{string.Join(" L", Visible(curve.Points).Select(point => $"{SvgWriter.Number(point.X)} {SvgWriter.Number(point.Y)}"))}"),
                ("stroke", line.Color),
                ("stroke-dasharray", line.Dashes));
            foreach (var (x, y) in HasMarks ? curve.Points : [])
            {
                svg.Empty(
                    "circle",
                    ("class", $"last {line.Class}"),
                    ("cx", SvgWriter.Number(X(x))),
                    ("cy", SvgWriter.Number(Y(y))),
                    ("r", "3"),
                    ("fill", line.Color),
                    ("stroke", line.Color));
            }
        }
    }

    private static void DrawRow(SvgWriter svg, UnitCurve curve, PlotLine line, double y)
    {
        using (svg.Element("g", ("class", "row")))
        {
            svg.Text("title", curve.Name);
            svg.Empty(
                "path",
                ("class", $"curve sample {line.Class}"),
                ("d", $"M{SvgWriter.Number(Left)} {SvgWriter.Number(y)} h24"),
                ("stroke", line.Color),
                ("stroke-dasharray", line.Dashes));
            svg.Label("name", Left + 34, y, SvgWriter.Shortened(curve.Name, MostNameCharacters));
            svg.Label("value end", Right, y, curve.Value);
        }
    }

    /// <summary>Places in the picture, without those that add nothing to be seen.</summary>
    private static List<(double X, double Y)> Visible(IReadOnlyList<(double X, double Y)> points)
    {
        var places = new List<(double X, double Y)>();
        foreach (var (i, (x, y)) in points.Index())
        {
            var place = (X: X(x), Y: Y(y));
            if (places.Count > 0 && i < points.Count - 1 && Math.Max(Math.Abs(place.X - places[^1].X), Math.Abs(place.Y - places[^1].Y)) < LeastDistance)
            {
                continue;
            }

            // On a level or an upright line only the ends count.
            if (places.Count > 1 && (IsBetween(places[^2].X, places[^1].X, place.X, places[^2].Y, places[^1].Y, place.Y)
                || IsBetween(places[^2].Y, places[^1].Y, place.Y, places[^2].X, places[^1].X, place.X)))
            {
                places[^1] = place;
                continue;
            }

            places.Add(place);
        }

        return places;

        static bool IsBetween(double from, double middle, double to, double across1, double across2, double across3) =>
            across1 == across2 && across2 == across3 && middle >= Math.Min(from, to) && middle <= Math.Max(from, to);
    }

    private static double X(double share) => Left + (share * Side);

    private static double Y(double share) => Bottom - (share * Side);
}
