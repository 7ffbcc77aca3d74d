using System.Text;
using System.Xml;
using DenseNetSharp.Files;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>
/// Draws a training run as SVG: the losses and, beside them where there are any, the validation's metrics and a learning rate that
/// changes. Each curve's last and best values are marked, and stand in the legend: the lowest loss, the highest metric, or the lowest
/// where <see cref="EvaluationMetric.HigherIsBetter"/> says so.
/// </summary>
/// <remarks>
/// The picture needs nothing besides itself and has its own background. What is null, not a number, infinite or beyond
/// 1e200 is a gap. An axis is logarithmic where most values would otherwise be lost beside a few. The same epochs
/// give the same text, whatever the culture.
/// </remarks>
public static class TrainingCurves
{
    private const string Style = """
        text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; font-size: 12px; fill: #3a424d; }
        .title { font-size: 15px; font-weight: 600; fill: #1b2129; }
        .tick-y, .end { text-anchor: end; }
        .tick-x, .axis-name { text-anchor: middle; }
        .tick-x, .tick-y, .axis-name, .head { font-size: 11px; fill: #5b6470; }
        .grid { stroke: #e3e7ec; }
        .axis { stroke: #8b95a1; }
        .curve, .points { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
        .dense { stroke-width: 1.1; }
        .mark { stroke: #8b95a1; stroke-dasharray: 4 3; }
        .mark-name { font-size: 11px; fill: #5b6470; }
        .points { stroke-width: 4.5; }
        .best { stroke-width: 1.75; }
        .key { stroke: #5b6470; stroke-width: 1.5; }
        """;

    /// <summary>Draws the epochs.</summary>
    /// <param name="epochs">One epoch or more, in rising order.</param>
    /// <param name="marks">What is marked beside the curves; null for nothing.</param>
    /// <returns>The SVG document's text.</returns>
    /// <exception cref="ArgumentException">There is no epoch, or epochs do not rise.</exception>
    public static string ToSvg(IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark>? marks = null)
    {
        EpochRecords.Validate(epochs);
        if (epochs.Count == 0)
        {
            throw new ArgumentException("There is no epoch to draw.", nameof(epochs));
        }

        IReadOnlyList<CurvePanel> panels = Panels(epochs, marks ?? []);
        var text = new StringBuilder();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true };
        using (var xml = XmlWriter.Create(text, settings))
        {
            Draw(new SvgWriter(xml), panels);
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Draws the epochs into a file, UTF-8; the file is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="epochs">One epoch or more, in rising order.</param>
    /// <param name="marks">What is marked beside the curves; null for nothing.</param>
    /// <exception cref="ArgumentException">There is no epoch, or epochs do not rise.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark>? marks = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = Encoding.UTF8.GetBytes(ToSvg(epochs, marks));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    private static List<CurvePanel> Panels(IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark> marks)
    {
        var numbers = epochs.Select(epoch => epoch.Epoch).ToList();
        var losses = new List<CurveSeries> { Series("training", epoch => epoch.TrainingLoss, lowerIsBetter: true, 0) };
        if (epochs.Any(epoch => epoch.ValidationLoss is not null))
        {
            losses.Add(Series("validation", epoch => epoch.ValidationLoss, lowerIsBetter: true, 1));
        }

        var panels = new List<CurvePanel> { new("Loss", numbers, losses, marks) };
        // Colours go on where the losses' end, so that each means one curve.
        var metrics = EpochRecords.MetricNames(epochs)
            .Select((name, i) => Series(name, epoch => epoch.Metric(name), lowerIsBetter: IsLowBetter(name), i + 2))
            .ToList();
        if (metrics.Count > 0)
        {
            panels.Add(new CurvePanel("Validation metrics", numbers, metrics, marks));
        }

        if (epochs.DistinctBy(epoch => epoch.LearningRate).Count() > 1)
        {
            var rate = Series("learning rate", epoch => epoch.LearningRate, lowerIsBetter: null, metrics.Count + 2);
            panels.Add(new CurvePanel("Learning rate", numbers, [rate], marks));
        }

        return panels;

        CurveSeries Series(string name, Func<EpochRecord, double?> value, bool? lowerIsBetter, int index) =>
            CurveSeries.Of(name, epochs.Select(value).ToList(), lowerIsBetter, index);
    }

    private static bool IsLowBetter(string metric) => EvaluationMetric.All.Any(known => known.Title == metric && !known.HigherIsBetter);

    private static void Draw(SvgWriter svg, IReadOnlyList<CurvePanel> panels)
    {
        var width = SvgWriter.Number(panels.Count * CurvePanel.Width);
        var height = SvgWriter.Number(panels.Max(panel => panel.Height));
        using (svg.Element(
            "svg", ("width", width), ("height", height), ("viewBox", $"0 0 {width} {height}"), ("role", "img")))
        {
            svg.Text("title", "Training curves");
            svg.Text("style", Style);
            svg.Empty("rect", ("width", width), ("height", height), ("rx", "8"), ("fill", "#ffffff"));
            for (var i = 0; i < panels.Count; i++)
            {
                panels[i].Draw(svg, i * CurvePanel.Width);
            }
        }
    }
}
