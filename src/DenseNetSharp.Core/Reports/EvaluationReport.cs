using System.Globalization;
using System.Text;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>A run or an evaluation as one HTML file that needs nothing besides itself: figures, curves, confusion, a table of the classes,
/// the worst mistakes as small pictures, options and versions. It is dark on a screen that is set to dark.</summary>
public sealed record EvaluationReport
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What stands below the heading, a paragraph each.</summary>
    public IReadOnlyList<string> Introduction { get; init; } = [];

    /// <summary>What was measured; null for a run without images held out.</summary>
    public Evaluation? Evaluation { get; init; }

    /// <summary>Whether the evaluation's temperature was fit on these very images, so that they flatter it.</summary>
    public bool IsTemperatureFitHere { get; init; }

    /// <summary>How far the figures would vary; null where that was not computed.</summary>
    public EvaluationIntervals? Intervals { get; init; }

    /// <summary>A run's epochs; none for an evaluation alone.</summary>
    public IReadOnlyList<EpochRecord> Epochs { get; init; } = [];

    /// <summary>What is marked beside the epochs' curves.</summary>
    public IReadOnlyList<EpochMark> Marks { get; init; } = [];

    /// <summary>Options, versions and whatever else is to be kept with the figures.</summary>
    public IReadOnlyList<ReportFacts> Facts { get; init; } = [];

    /// <summary>The most mistakes that are shown as pictures.</summary>
    public int MostMistakes { get; init; } = 24;

    /// <summary>How the pictures' files are decoded; null for the defaults.</summary>
    public ImageDecodeOptions? Decode { get; init; }

    /// <summary>Writes the file; it is complete or as it was before.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = Encoding.UTF8.GetBytes(ToHtml());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The HTML document's text.</summary>
    public string ToHtml() => HtmlWriter.Document(Title, ReportStyle.Text, html =>
    {
        using (html.Element("main"))
        {
            html.Text("h1", Title);
            foreach (var paragraph in Introduction)
            {
                html.Text("p", paragraph, ("class", "lead"));
            }

            if (Evaluation is not null)
            {
                WriteTiles(html, Evaluation);
            }

            if (Epochs.Count > 0)
            {
                html.Text("h2", "Training");
                using (html.Element("div", ("class", "card")))
                {
                    TrainingCurves.Draw(html.Svg, Epochs, Marks);
                }
            }

            if (Evaluation is not null)
            {
                WriteEvaluation(html, Evaluation);
            }

            foreach (var facts in Facts)
            {
                WriteFacts(html, facts);
            }
        }
    });

    private void WriteTiles(HtmlWriter html, Evaluation evaluation)
    {
        var figures = evaluation.Sample(null);
        using (html.Element("div", ("class", "tiles")))
        {
            foreach (var metric in evaluation.Metrics)
            {
                using (html.Element("div", ("class", "tile")))
                {
                    html.Text("div", metric.Title, ("class", "tile-name"));
                    html.Text("div", Number(metric.Of(figures)), ("class", "tile-value"));
                    html.Text("div", Intervals is null ? "" : Range(Intervals.Of(metric)), ("class", "tile-range"));
                }
            }
        }

        html.Text(
            "p",
            (Intervals is null ? "" : $"Below each figure, where it lies in the middle 95 % of {Intervals.Resamples} resamples of the images. ")
            + "F1 (macro) is the mean of the classes; AUROC and average precision are of each class against the rest; the calibration error is the "
            + "expected one, in 15 bins. A dash stands for what is not defined, such as an AUROC without images of both kinds.",
            ("class", "hint"));
    }

    private void WriteEvaluation(HtmlWriter html, Evaluation evaluation)
    {
        html.Text("h2", "Curves");
        using (html.Element("div", ("class", "plots")))
        {
            UnitPlot[] plots =
                [EvaluationPlots.Roc(evaluation), EvaluationPlots.PrecisionRecall(evaluation), EvaluationPlots.CalibrationOf(evaluation)];
            foreach (var plot in plots)
            {
                using (html.Element("div", ("class", "card")))
                {
                    plot.Draw(html.Svg);
                }
            }
        }

        if (evaluation.Temperature != 1)
        {
            CalibrationSection.Write(html, evaluation, IsTemperatureFitHere);
        }

        html.Text("h2", "Classes");
        using (html.Element("div", ("class", "card")))
        {
            ReportTables.WriteClasses(html, evaluation, Intervals);
        }

        if (EvaluationPlots.Confusion(evaluation) is { } confusion)
        {
            html.Text("h2", "Confusion");
            using (html.Element("div", ("class", "card")))
            {
                confusion.Draw(html.Svg);
            }
        }

        if (evaluation.Task == ClassificationTask.Multiclass)
        {
            ReportTables.WriteMistakes(html, evaluation);
        }

        ReportPictures.Write(html, evaluation, MostMistakes, Decode);
        ReportTables.WriteUnreadable(html, evaluation);
    }

    private static void WriteFacts(HtmlWriter html, ReportFacts facts)
    {
        html.Text("h2", facts.Heading);
        using (html.Element("div", ("class", "card")))
        using (html.Element("table", ("class", "facts")))
        using (html.Element("tbody"))
        {
            foreach (var (name, value) in facts.Rows)
            {
                using (html.Element("tr"))
                {
                    html.Text("th", name);
                    html.Text("td", value);
                }
            }
        }
    }

    internal static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("F4", CultureInfo.InvariantCulture);

    internal static string Range(ConfidenceInterval interval) => double.IsNaN(interval.Low)
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{interval.Low:F3} – {interval.High:F3}");
}
