using System.Globalization;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>What a temperature does to probabilities, in a report: before and after beside each other.</summary>
internal static class CalibrationSection
{
    public static void Write(HtmlWriter html, Evaluation evaluation, bool isFitHere)
    {
        var plain = evaluation.At(1);
        var temperature = string.Create(CultureInfo.InvariantCulture, $"temperature {evaluation.Temperature:G5}");
        html.Text("h2", "Calibration before and after");
        html.Text(
            "p",
            $"All figures are at {temperature}, by which the network's scores are divided so that its probabilities come true as often as they say; "
            + "which class is the likeliest does not depend on it. "
            + (isFitHere
                ? "The temperature was fit on these images, so the figures after are better than they would be on others."
                : "The temperature comes with the weights; whether it was fit on these images is not known here."),
            ("class", "hint"));
        using (html.Element("div", ("class", "plots")))
        {
            using (html.Element("div", ("class", "card")))
            {
                EvaluationPlots.CalibrationsOf([("before, temperature 1", plain), ($"after, {temperature}", evaluation)]).Draw(html.Svg);
            }

            using (html.Element("div", ("class", "card")))
            using (html.Element("table"))
            {
                WriteRow(html, "thead", "th", "", "before", "after");
                WriteFigure(html, EvaluationMetric.CalibrationError.Title, EvaluationMetric.CalibrationError.Of);
                WriteFigure(html, EvaluationMetric.Loss.Title, EvaluationMetric.Loss.Of);
                WriteFigure(html, "Brier score", each => each.BrierScore);
            }
        }

        void WriteFigure(HtmlWriter writer, string name, Func<Evaluation, double> of) =>
            WriteRow(writer, "tbody", "td", name, EvaluationReport.Number(of(plain)), EvaluationReport.Number(of(evaluation)));
    }

    private static void WriteRow(HtmlWriter html, string part, string cell, string name, string before, string after)
    {
        using (html.Element(part))
        using (html.Element("tr"))
        {
            html.Text("th", name);
            html.Text(cell, before);
            html.Text(cell, after);
        }
    }
}
