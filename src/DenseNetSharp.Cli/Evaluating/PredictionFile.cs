using System.Globalization;
using System.Text;
using DenseNetSharp.Classification;
using DenseNetSharp.Files;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>Each image's truth, prediction and probabilities, as comma-separated values.</summary>
internal static class PredictionFile
{
    private static readonly string[] _first = ["image", "truth", "prediction"];

    /// <summary>Whether a file looks like one that was written here, which another may replace.</summary>
    public static bool Is(string path) => File.ReadLines(path).FirstOrDefault()?.StartsWith($"{string.Join(',', _first)},", StringComparison.Ordinal) == true;

    /// <summary>Writes the file, which appears complete or not at all: the worst mistakes first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">What the images' paths are relative to.</param>
    /// <param name="evaluation">What was measured.</param>
    public static void Write(string path, string folder, Evaluation evaluation) => AtomicFile.Write(path, stream =>
    {
        var isMultilabel = evaluation.Task == ClassificationTask.Multilabel;
        var images = evaluation.WorstFirst();
        // The column is there where it says anything.
        var hasUnknown = images.Any(image => image.Targets?.Any(float.IsNaN) == true);
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        text.Write(CsvText.Line(
        [
            .. _first, isMultilabel ? "wrong" : "right", "loss", .. hasUnknown ? ["unknown"] : Array.Empty<string>(),
            .. evaluation.ClassNames.Select(name => $"probability {name}"),
        ]));
        foreach (var image in images)
        {
            text.Write(CsvText.Line(
            [
                Path.GetRelativePath(folder, image.Image.Path),
                Names(isMultilabel ? LabelsOf(image, target => target == 1) : image.Image.Classes),
                Names(image.Found),
                isMultilabel ? Names(image.Wrong) : image.Wrong.Count == 0 ? "1" : "0",
                double.IsNaN(image.Loss) ? "" : image.Loss.ToString("R", CultureInfo.InvariantCulture),
                .. hasUnknown ? [Names(LabelsOf(image, float.IsNaN))] : Array.Empty<string>(),
                .. image.Probabilities.Select(probability => probability.ToString("R", CultureInfo.InvariantCulture)),
            ]));
        }

        string Names(IEnumerable<int> classes) => string.Join('|', classes.Select(index => evaluation.ClassNames[index]));
    });

    private static IEnumerable<int> LabelsOf(ScoredImage image, Func<float, bool> isWanted) =>
        Enumerable.Range(0, image.Targets!.Count).Where(label => isWanted(image.Targets[label]));
}
