using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>A report's tables.</summary>
internal static class ReportTables
{
    private const int MostMistakes = 10;

    /// <summary>A row a class.</summary>
    public static void WriteClasses(HtmlWriter html, Evaluation evaluation, EvaluationIntervals? intervals)
    {
        var isMultilabel = evaluation.Task == ClassificationTask.Multilabel;
        var figures = evaluation.Sample(null);
        var scores = isMultilabel ? evaluation.Multilabel.PerLabel() : evaluation.Multiclass.PerClass();
        var decisions = isMultilabel ? evaluation.Multilabel.Sample(null).Labels : [];
        string[] own = isMultilabel ? ["known", "threshold", "missed", "found wrongly"] : [];
        using (html.Element("table"))
        {
            WriteHead(html, ["class", "images", .. own, "precision", "recall", "F1", "AUROC", "average precision"]);
            using (html.Element("tbody"))
            {
                foreach (var (i, name) in evaluation.ClassNames.Index())
                {
                    using (html.Element("tr"))
                    {
                        html.Text("th", name);
                        html.Text("td", Count(scores[i].Support));
                        if (isMultilabel)
                        {
                            html.Text("td", Count(decisions[i].Known));
                            html.Text("td", evaluation.Multilabel.OwnThresholds[i].ToString("0.###", CultureInfo.InvariantCulture));
                            html.Text("td", Count(decisions[i].FalseNegatives));
                            html.Text("td", Count(decisions[i].FalsePositives));
                        }

                        html.Text("td", EvaluationReport.Number(scores[i].Precision));
                        html.Text("td", EvaluationReport.Number(scores[i].Recall));
                        html.Text("td", EvaluationReport.Number(scores[i].F1));
                        WriteArea(html, figures.Auroc[i], intervals?.Auroc[i]);
                        WriteArea(html, figures.AveragePrecision[i], intervals?.AveragePrecision[i]);
                    }
                }
            }
        }
    }

    /// <summary>Which classes were taken for which, the commonest first.</summary>
    public static void WriteMistakes(HtmlWriter html, Evaluation evaluation)
    {
        var confusion = evaluation.Multiclass.ConfusionMatrix();
        var count = evaluation.ClassNames.Count;
        (int Row, int Column)[] commonest =
        [
            .. from row in Enumerable.Range(0, count)
               from column in Enumerable.Range(0, count)
               where row != column && confusion[row, column] > 0
               orderby confusion[row, column] descending
               select (row, column),
        ];
        if (commonest.Length == 0)
        {
            return;
        }

        html.Text("h2", "Commonest mistakes");
        using (html.Element("div", ("class", "card")))
        using (html.Element("table", ("class", "facts")))
        {
            WriteHead(html, ["truth", "taken for", "images"]);
            using (html.Element("tbody"))
            {
                foreach (var (row, column) in commonest.Take(MostMistakes))
                {
                    using (html.Element("tr"))
                    {
                        html.Text("th", evaluation.ClassNames[row]);
                        html.Text("td", evaluation.ClassNames[column]);
                        html.Text("td", Count(confusion[row, column]));
                    }
                }
            }
        }
    }

    /// <summary>The images that could not be measured.</summary>
    public static void WriteUnreadable(HtmlWriter html, Evaluation evaluation)
    {
        if (evaluation.Unreadable.Count == 0)
        {
            return;
        }

        html.Text("h2", $"Not measured: {evaluation.Unreadable.Count}");
        using (html.Element("div", ("class", "card")))
        using (html.Element("table", ("class", "facts")))
        using (html.Element("tbody"))
        {
            foreach (var item in evaluation.Unreadable)
            {
                using (html.Element("tr"))
                {
                    html.Text("th", Path.GetFileName(item.Source.Path));
                    html.Text("td", item.Error!.Message);
                }
            }
        }
    }

    private static void WriteHead(HtmlWriter html, IEnumerable<string> columns)
    {
        using (html.Element("thead"))
        using (html.Element("tr"))
        {
            foreach (var column in columns)
            {
                html.Text("th", column);
            }
        }
    }

    private static void WriteArea(HtmlWriter html, double area, ConfidenceInterval? interval)
    {
        using (html.Element("td"))
        {
            html.Text("span", EvaluationReport.Number(area));
            if (interval is { } range && !double.IsNaN(area))
            {
                html.Text("span", EvaluationReport.Range(range), ("class", "between"));
            }
        }
    }

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
