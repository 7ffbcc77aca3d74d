using System.Globalization;
using System.Xml.Linq;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests.Reports;

public class EvaluationPlotsTests
{
    [Fact]
    public void A_curve_goes_through_its_points_in_proportion()
    {
        // Class b's probabilities are 0.8, 0.7, 0.4, 0.3, of which the first and the third are b.
        var evaluation = Evaluations.Of(["a", "b"], (1, 0.8), (0, 0.7), (1, 0.4), (0, 0.3));
        var roc = XElement.Parse(EvaluationPlots.RocToSvg(evaluation));

        Path(roc, "b").Should().Equal((0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1));
        OfClass(roc, "row").Select(Texts).Should().Equal("a 0.750", "b 0.750");
        OfClass(roc, "chance").Should().ContainSingle();

        var recall = XElement.Parse(EvaluationPlots.PrecisionRecallToSvg(evaluation));
        // Two thirds hold down to the recall of a half, where the precision is 1.
        Path(recall, "b").Should().Equal(
            (1, 0.5), (1, Near(2 / 3.0)), (0.5, Near(2 / 3.0)), (0.5, 0.5), (0.5, 1), (0, 1));
        OfClass(recall, "row").Select(Texts).Last().Should().Be("b 0.833");
        OfClass(recall, "chance").Should().BeEmpty();
    }

    [Fact]
    public void Points_that_nobody_could_tell_apart_are_left_out()
    {
        var random = new Random(2);
        var evaluation = Evaluations.Of(
            ["a", "b"], [.. Enumerable.Range(0, 5000).Select(i => (i % 2, (i % 2 * 0.2) + (random.NextDouble() * 0.7) + 0.05))]);

        var svg = EvaluationPlots.RocToSvg(evaluation);

        svg.Length.Should().BeLessThan(60_000);
        Path(XElement.Parse(svg), "a").Should().StartWith((0.0, 0.0)).And.EndWith((1.0, 1.0));
    }

    [Fact]
    public void Of_many_classes_the_worst_are_drawn_and_the_others_told()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"class {i}")];
        var evaluation = new Evaluation(new(names, []));
        var logits = new float[18 * 20];
        for (var i = 0; i < 18; i++)
        {
            // Class 3 is always found, class 7 never.
            logits[(i * 20) + (i == 7 ? 0 : i)] = i == 3 ? 9 : 2;
            logits[(i * 20) + 7] = i == 7 ? -5 : 0;
        }

        evaluation.Add(logits, [.. Enumerable.Range(0, 18).Select(i => new LabelledImage($"{i}", [i]))]);
        var roc = XElement.Parse(EvaluationPlots.RocToSvg(evaluation));

        OfClass(roc, "row").Should().HaveCount(12);
        OfClass(roc, "name").Select(name => name.Value).Should().Contain("class 7");
        OfClass(roc, "note").Single().Value.Should().Be("the worst 12 of 18; 2 without a curve: no images of one kind");
    }

    [Fact]
    public void A_confusion_matrix_has_its_numbers_where_they_belong()
    {
        var evaluation = Evaluations.Of(["<a>", "b & c"], (0, 0.1), (0, 0.2), (0, 0.9), (1, 0.6));

        var svg = XElement.Parse(EvaluationPlots.ConfusionToSvg(evaluation)!);

        var cells = OfClass(svg, "entry").ToArray();
        cells.Select(cell => cell.Element(cell.Name.Namespace + "title")!.Value).Should().Equal(
            "<a>, taken for <a>: 2 of 3", "<a>, taken for b & c: 1 of 3", "b & c, taken for b & c: 1 of 1");
        cells.Select(Texts).Should().Equal("2", "1", "1");
        double[] x = [.. OfClass(svg, "cell").Select(cell => Parse(cell.Attribute("x")!.Value))];
        double[] y = [.. OfClass(svg, "cell").Select(cell => Parse(cell.Attribute("y")!.Value))];
        x[1].Should().Be(x[2]).And.BeGreaterThan(x[0]);
        y[0].Should().Be(y[1]).And.BeLessThan(y[2]);
        double[] shades = [.. OfClass(svg, "cell").Select(cell => Parse(cell.Attribute("fill-opacity")!.Value))];
        shades.Should().Equal(0.69, 0.39, 1);
    }

    [Fact]
    public void Labels_and_very_many_classes_have_no_matrix()
    {
        EvaluationPlots.ConfusionToSvg(Evaluations.OfLabels(["a"], [1, -1], [1, 0])).Should().BeNull();
        EvaluationPlots.ConfusionToSvg(new Evaluation(new(Enumerable.Range(0, 101).Select(i => $"{i}"), []))).Should().BeNull();
    }

    [Fact]
    public void Calibration_shows_what_came_true_in_each_bin()
    {
        // Bins of a fifteenth: 0.6 to 0.667 has 0.62 and 0.64, of which one is right, 0.867 to 0.933 has 0.9, which is.
        var evaluation = Evaluations.Of(["a", "b"], (1, 0.62), (0, 0.64), (1, 0.9));

        var svg = XElement.Parse(EvaluationPlots.CalibrationToSvg(evaluation));

        var (low, high) = (Near(0.63), Near(0.9));
        Path(svg, "likeliest class").Should().Equal((low, 0.5), (high, 1));
        OfClass(svg, "row").Select(Texts).Should().Equal("likeliest class 0.120");
    }

    [Fact]
    public void The_culture_does_not_matter_and_the_files_have_the_same_text()
    {
        using var folder = new TemporaryFolder();
        var evaluation = Evaluations.OfLabels(["a", "b"], [1.5f, -0.5f, 0.25f, 2], [1, 0, 0, 1]);
        string[] expected =
            [EvaluationPlots.RocToSvg(evaluation), EvaluationPlots.PrecisionRecallToSvg(evaluation), EvaluationPlots.CalibrationToSvg(evaluation)];
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        IReadOnlyList<string> files;
        try
        {
            CultureInfo.CurrentCulture = comma;
            files = EvaluationPlots.Save(folder.File("."), evaluation);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        files.Select(System.IO.Path.GetFileName).Should().Equal("roc.svg", "precision-recall.svg", "calibration.svg");
        files.Select(File.ReadAllText).Should().Equal(expected);
    }

    /// <summary>As the picture rounds it.</summary>
    private static double Near(double share) => Math.Round(Math.Round(share * 320, 2) / 320, 4);

    /// <summary>A curve's points, as shares of the axes.</summary>
    private static (double X, double Y)[] Path(XElement svg, string name)
    {
        var frame = OfClass(svg, "axis").ToArray();
        var (left, top, bottom) = (At(frame[0], "x1"), At(frame[0], "y1"), At(frame[0], "y2"));
        var right = At(frame[1], "x2");
        var curve = OfClass(svg, "series").Single(series => series.Element(series.Name.Namespace + "title")!.Value.StartsWith($"{name}:"));
        return
        [
            .. OfClass(curve, "curve").Single().Attribute("d")!.Value[1..].Split(" L").Select(point => point.Split(' '))
                .Select(point => (
                    Math.Round((Parse(point[0]) - left) / (right - left), 4), Math.Round((bottom - Parse(point[1])) / (bottom - top), 4))),
        ];

        static double At(XElement line, string attribute) => Parse(line.Attribute(attribute)!.Value);
    }

    private static IEnumerable<XElement> OfClass(XElement root, string type) => root.Descendants().Where(element =>
        element.Attribute("class")?.Value.Split(' ') is { } types && types.Contains(type) && !types.Contains("sample"));

    private static string Texts(XElement row) => string.Join(' ', row.Elements(row.Name.Namespace + "text").Select(text => text.Value));

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
