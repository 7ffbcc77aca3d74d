using System.Text;
using DenseNetSharp.Files;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>
/// Draws a training run as SVG: the losses and, beside them where there are any, the validation's metrics and a learning rate that
/// changes. Each curve's last and best values are marked, and stand in the legend: the lowest loss, the highest metric, or the lowest
/// where <see cref="EvaluationMetric.HigherIsBetter"/> says so.
/// </summary>
/// <remarks>
/// The picture needs nothing besides itself, has its own background, and is dark on a screen that is set to dark. What is null, not a
/// number, infinite or beyond
/// 1e200 is a gap. An axis is logarithmic where most values would otherwise be lost beside a few. The same epochs
/// give the same text, whatever the culture.
/// </remarks>
public static class TrainingCurves
{
    /// <summary>Draws the epochs.</summary>
    /// <param name="epochs">One epoch or more, in rising order.</param>
    /// <param name="marks">What is marked beside the curves; null for nothing.</param>
    /// <returns>The SVG document's text.</returns>
    /// <exception cref="ArgumentException">There is no epoch, or epochs do not rise.</exception>
    public static string ToSvg(IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark>? marks = null)
    {
        Validate(epochs);
        return SvgWriter.Document(svg => Draw(svg, epochs, marks));
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

    /// <summary>Draws the epochs as a part of a document.</summary>
    internal static void Draw(SvgWriter svg, IReadOnlyList<EpochRecord> epochs, IReadOnlyList<EpochMark>? marks)
    {
        Validate(epochs);
        var panels = Panels(epochs, marks ?? []);
        using (svg.Picture("Training curves", panels.Count * CurvePanel.Width, panels.Max(panel => panel.Height)))
        {
            for (var i = 0; i < panels.Count; i++)
            {
                panels[i].Draw(svg, i * CurvePanel.Width);
            }
        }
    }

    private static void Validate(IReadOnlyList<EpochRecord> epochs)
    {
        EpochRecords.Validate(epochs);
        if (epochs.Count == 0)
        {
            throw new ArgumentException("There is no epoch to draw.", nameof(epochs));
        }
    }
}
