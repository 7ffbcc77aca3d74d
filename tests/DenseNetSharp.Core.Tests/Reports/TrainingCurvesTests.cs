using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests.Reports;

public partial class TrainingCurvesTests
{
    [Theory]
    [InlineData(0.5, 1.0, 1.5, 2.5)]
    [InlineData(1e6, 100, 1, 1)]
    [InlineData(-1e6, 0, 1, 1e6)]
    [InlineData(1e-9, 2e-9, 3e-9, 4e-9)]
    [InlineData(0.2, 0.05, 20, 0.1)]
    [InlineData(7, 7, 7, 7)]
    [InlineData(0, 0, 0, 0)]
    public void A_value_with_a_tick_lies_at_the_tick(double a, double b, double c, double d)
    {
        double[] values = [a, b, c, d];
        var panel = Panels([.. values.Select((value, i) => Epochs.Of(i + 1, value))]).Single();

        (double Value, double Y)[] ticks = Ticks(panel, "tick-y", "y");
        (double Epoch, double X)[] epochs = Ticks(panel, "tick-x", "x");
        var points = Curve(panel);

        ticks.Should().BeInAscendingOrder(tick => tick.Value).And.BeInDescendingOrder(tick => tick.Y);
        ticks.Length.Should().BeInRange(2, 12);
        var axis = OfClass(panel, "axis").First();
        ticks[0].Y.Should().Be(Parse(axis.Attribute("y2")!.Value));
        ticks[^1].Y.Should().Be(Parse(axis.Attribute("y1")!.Value));
        points.Select(point => point.X).Should().Equal(epochs.Select(epoch => epoch.X));
        var onTicks = 0;
        for (var i = 0; i < values.Length; i++)
        {
            points[i].Y.Should().BeInRange(ticks[^1].Y, ticks[0].Y);
            foreach (var (value, y) in ticks)
            {
                Math.Sign(value - values[i]).Should().Be(Math.Sign(points[i].Y - y), $"{values[i]} against the tick {value}");
                onTicks += value == values[i] ? 1 : 0;
            }
        }

        onTicks.Should().BePositive();
    }

    [Fact]
    public void A_tick_lies_in_proportion_to_its_value_or_to_its_logarithm()
    {
        (double Value, double Y)[] linear = Ticks(Panels([Epochs.Of(1, 0.5), Epochs.Of(2, 2.5)]).Single(), "tick-y", "y");
        (double Value, double Y)[] wide = Ticks(Panels([Epochs.Of(1, 1e6), Epochs.Of(2, 1)]).Single(), "tick-y", "y");

        foreach (var (ticks, scale) in new[] { (linear, (Func<double, double>)(value => value)), (wide, Math.Log10) })
        {
            var low = scale(ticks[0].Value);
            foreach (var (value, y) in ticks)
            {
                var fraction = (scale(value) - low) / (scale(ticks[^1].Value) - low);
                y.Should().BeApproximately(ticks[0].Y + (fraction * (ticks[^1].Y - ticks[0].Y)), 0.011);
            }
        }
    }

    [Fact]
    public void A_gap_is_not_bridged_and_a_lone_epoch_is_a_dot()
    {
        double[] losses = [1, 2, double.NaN, 1.5, double.PositiveInfinity, 2, 1];
        EpochRecord[] run = [.. losses.Select((loss, i) => Epochs.Of(i, loss, i == 3 ? null : 1))];
        var svg = TrainingCurves.ToSvg(run);
        var panel = Panels(run).Single();

        string[] starts = [.. OfClass(panel, "curve").Select(path => new string([.. path.Attribute("d")!.Value.Where(char.IsLetter)]))];
        starts.Should().Equal("MLML", "MLLMLL");
        OfClass(panel, "points").Should().ContainSingle().Which.Attribute("d")!.Value.Should().EndWith("h0");
        svg.Should().NotContain("NaN").And.NotContain("Infinity");
    }

    [Fact]
    public void The_last_and_the_best_values_are_marked_and_told()
    {
        var panels = Panels(
        [
            Epochs.Of(1, 3, 2, ("accuracy", 0.5)),
            Epochs.Of(2, 2, 1, ("accuracy", 0.75)),
            Epochs.Of(3, 1, 1.5, ("accuracy", 0.625)),
        ]);

        OfClass(panels[0], "best").Select(Coordinates).Should().Equal(Curve(panels[0])[2], Curve(panels[0], 1)[1]);
        OfClass(panels[0], "last").Select(Coordinates).Should().Equal(Curve(panels[0])[2], Curve(panels[0], 1)[2]);
        OfClass(panels[1], "best").Select(Coordinates).Should().Equal(Curve(panels[1])[1]);
        Rows(panels[0]).Should().Equal("training 1.000 1.000 3", "validation 1.500 1.000 2");
        Rows(panels[1]).Should().Equal("accuracy 0.6250 0.7500 2");
    }

    [Fact]
    public void One_epoch_and_nothing_finite_can_be_drawn()
    {
        var one = Panels([Epochs.Of(4, 0.7)]).Single();
        var none = Panels([Epochs.Of(4, double.NaN)]).Single();

        OfClass(one, "tick-x").Select(tick => tick.Value).Should().Equal("4");
        Coordinates(OfClass(one, "best").Single()).X.Should().Be(Ticks(one, "tick-x", "x").Single().Position);
        OfClass(none, "best").Concat(OfClass(none, "last")).Concat(OfClass(none, "points")).Should().BeEmpty();
        Rows(none).Should().Equal("training not finite – –");
    }

    [Fact]
    public void A_thousand_epochs_have_a_point_each_and_few_ticks()
    {
        var panel = Panels([.. Enumerable.Range(1, 1000).Select(i => Epochs.Of(i, 1.0 / i))]).Single();

        Curve(panel).Should().HaveCount(1000).And.BeInAscendingOrder(point => point.X);
        OfClass(panel, "tick-x").Count().Should().BeInRange(3, 10);
    }

    [Fact]
    public void Names_are_escaped_and_long_ones_shortened_in_sight()
    {
        var name = "<AUROC> & \"Pleural Thickening\" 𝔸";
        var row = OfClass(Panels([Epochs.Of(1, 1, 1, (name, 1))])[1], "row").Single();

        row.Element(row.Name.Namespace + "title")!.Value.Should().Be(name);
        OfClass(row, "name").Single().Value.Should().Be("<AUROC> & \"Pleural …");
    }

    [Fact]
    public void The_culture_does_not_matter_and_the_file_has_the_same_text()
    {
        using var folder = new TemporaryFolder();
        EpochRecord[] run = [Epochs.Of(1, -0.25, 1.5, ("a", 0.1)), Epochs.Of(2, 0.123, 1.25, ("a", 0.2))];
        var expected = TrainingCurves.ToSvg(run);
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;
            TrainingCurves.Save(folder.File("curves.svg"), run);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        File.ReadAllText(folder.File("curves.svg")).Should().Be(expected);
    }

    [Fact]
    public void A_run_without_epochs_or_out_of_order_is_refused()
    {
        ((Action)(() => TrainingCurves.ToSvg([]))).Should().Throw<ArgumentException>().WithMessage("*no epoch*");
        ((Action)(() => TrainingCurves.ToSvg([Epochs.Of(2, 1), Epochs.Of(1, 1)]))).Should().Throw<ArgumentException>().WithMessage("*Epoch 1 comes after epoch 2*");
    }

    [Fact]
    public void What_happened_is_marked_where_it_happened_on_every_panel()
    {
        EpochRecord[] run = [Epochs.Of(1, 3, 2, ("accuracy", 0.2)), Epochs.Of(2, 2, 1, ("accuracy", 0.4)), Epochs.Of(3, 1, 2, ("accuracy", 0.3))];
        EpochMark[] marks = [new(2, "best.pth"), new(1.5, "unfreezes features"), new(1.5, "resumed"), new(0.5, "before the curves")];

        XElement[] panels = [.. OfClass(XDocument.Parse(TrainingCurves.ToSvg(run, marks)).Root!, "panel")];

        panels.Should().HaveCount(2);
        foreach (var panel in panels)
        {
            double[] epochs = [.. Ticks(panel, "tick-x", "x").Select(tick => tick.Position)];
            double[] lines = [.. OfClass(panel, "mark").Select(line => Parse(line.Attribute("x1")!.Value))];
            lines.Should().Equal(epochs[1], (epochs[0] + epochs[1]) / 2);
            OfClass(panel, "mark-name").Select(name => name.Value).Should().Equal("best.pth", "unfreezes features, resumed");
        }
    }

    [Fact]
    public void A_learning_rate_that_changes_has_a_curve_and_none_of_its_values_is_the_best()
    {
        EpochRecord[] run = [Epochs.Of(1, 3) with { LearningRate = 0.1 }, Epochs.Of(2, 2) with { LearningRate = 0.05 }];

        var panel = Panels(run).Last();

        Rows(panel).Should().ContainSingle().Which.Should().StartWith("learning rate").And.Contain("0.05");
        OfClass(panel, "best").Should().BeEmpty();
        Panels([Epochs.Of(1, 3), Epochs.Of(2, 2)]).Should().ContainSingle("a rate that stays has none");
    }

    private static XElement[] Panels(EpochRecord[] run) => [.. OfClass(XDocument.Parse(TrainingCurves.ToSvg(run)).Root!, "panel")];

    /// <summary>Elements of a class; what shows a line's style in the legend is no curve.</summary>
    private static IEnumerable<XElement> OfClass(XElement root, string type) => root.Descendants().Where(element =>
        element.Attribute("class")?.Value.Split(' ') is { } types && types.Contains(type) && !types.Contains("sample"));

    private static (double Value, double Position)[] Ticks(XElement panel, string type, string coordinate) =>
        [.. OfClass(panel, type).Select(tick => (Parse(tick.Value), Parse(tick.Attribute(coordinate)!.Value)))];

    private static (double X, double Y)[] Curve(XElement panel, int index = 0) =>
        [.. Coordinate().Matches(OfClass(panel, "curve").ElementAt(index).Attribute("d")!.Value).Select(match => (Parse(match.Groups[1].Value), Parse(match.Groups[2].Value)))];

    private static (double X, double Y) Coordinates(XElement circle) =>
        (Parse(circle.Attribute("cx")!.Value), Parse(circle.Attribute("cy")!.Value));

    private static IEnumerable<string> Rows(XElement panel) =>
        OfClass(panel, "row").Select(row => string.Join(' ', row.Elements(row.Name.Namespace + "text").Select(text => text.Value)));

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex("[ML]([-0-9.]+) ([-0-9.]+)")]
    private static partial Regex Coordinate();
}
