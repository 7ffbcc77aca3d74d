using System.Globalization;

namespace DenseNetSharp.Reports;

/// <summary>A confusion matrix: a cell's colour is its share of the row's images.</summary>
internal sealed class ConfusionPlot(long[,] confusion, IReadOnlyList<string> classes)
{
    /// <summary>More classes than this make no picture that anybody can read.</summary>
    public const int MostClasses = 100;

    // Beyond it neither numbers nor names have room.
    private const int MostNamedClasses = 30;
    private const int MostNameCharacters = 22;
    private const double Top = 46;
    private const double CharacterWidth = 6.4;
    private const double LargestSide = 620;

    private bool IsNamed => classes.Count <= MostNamedClasses;

    public string ToSvg() => SvgWriter.Document(Draw);

    public void Draw(SvgWriter svg)
    {
        string[] names = [.. classes.Select(name => SvgWriter.Shortened(name, MostNameCharacters))];
        var cell = Math.Clamp(LargestSide / classes.Count, 4, 54);
        var nameWidth = IsNamed ? (names.Max(name => name.Length) * CharacterWidth) + 14 : 16;
        var left = 30 + nameWidth;
        var side = cell * classes.Count;
        // Names below lean, so that long ones do not run into each other.
        var leaning = IsNamed ? Math.Max(nameWidth * 0.75, 20) : 16;
        var width = Math.Max(left + side + 30, 300);
        using (svg.Picture("Confusion matrix", width, Top + side + leaning + 40))
        {
            svg.Label("title", 16, 26, "Confusion matrix");
            for (var row = 0; row < classes.Count; row++)
            {
                DrawRow(svg, row, left, cell);
                if (IsNamed)
                {
                    svg.Label("end", left - 8, Top + ((row + 0.5) * cell), names[row]);
                    var x = left + ((row + 0.5) * cell);
                    svg.Text(
                        "text",
                        names[row],
                        ("class", "end"),
                        ("transform", $"translate({SvgWriter.Number(x + 4)} {SvgWriter.Number(Top + side + 14)}) rotate(-45)"));
                }
            }

            svg.Empty(
                "rect",
                ("class", "frame"),
                ("x", SvgWriter.Number(left)),
                ("y", SvgWriter.Number(Top)),
                ("width", SvgWriter.Number(side)),
                ("height", SvgWriter.Number(side)));
            svg.Label("axis-name", left + (side / 2), Top + side + leaning + 24, "taken for");
            svg.Text(
                "text", "truth", ("class", "axis-name"), ("transform", $"translate(18 {SvgWriter.Number(Top + (side / 2))}) rotate(-90)"));
        }
    }

    private void DrawRow(SvgWriter svg, int row, double left, double cell)
    {
        var total = Enumerable.Range(0, classes.Count).Sum(column => confusion[row, column]);
        for (var column = 0; column < classes.Count; column++)
        {
            var count = confusion[row, column];
            if (count == 0)
            {
                continue;
            }

            var share = (double)count / total;
            var (x, y) = (left + (column * cell), Top + (row * cell));
            using (svg.Element("g", ("class", "entry")))
            {
                svg.Text("title", string.Create(CultureInfo.InvariantCulture, $"{classes[row]}, taken for {classes[column]}: {count} of {total}"));
                svg.Empty(
                    "rect",
                    ("class", "cell"),
                    ("x", SvgWriter.Number(x)),
                    ("y", SvgWriter.Number(y)),
                    ("width", SvgWriter.Number(cell)),
                    ("height", SvgWriter.Number(cell)),
                    // The rarest mistake is seen too.
                    ("fill-opacity", SvgWriter.Number(0.08 + (0.92 * share))));
                if (IsNamed)
                {
                    svg.Label(share > 0.55 ? "cell-count on" : "cell-count", x + (cell / 2), y + (cell / 2), count.ToString(CultureInfo.InvariantCulture));
                }
            }
        }
    }
}
