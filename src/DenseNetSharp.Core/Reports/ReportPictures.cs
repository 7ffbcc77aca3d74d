using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Formats.Png;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Reports;

/// <summary>A report's worst mistakes, as small pictures within the document.</summary>
internal static class ReportPictures
{
    // As large as they are shown, and a little more for screens of more dots.
    private const int LargestSide = 200;
    private const int MostLabels = 6;

    public static void Write(HtmlWriter html, Evaluation evaluation, int most, ImageDecodeOptions? decode)
    {
        ScoredImage[] mistakes = [.. evaluation.WorstFirst().Where(image => image.Wrong.Count > 0)];
        if (most == 0)
        {
            return;
        }

        html.Text("h2", "Worst mistakes");
        html.Text(
            "p",
            mistakes.Length == 0
                ? "No image was decided wrongly."
                : $"{(mistakes.Length <= most ? $"The {mistakes.Length}" : $"{most} of {mistakes.Length}")} images with wrong decisions, those with the "
                    + "highest loss first.",
            ("class", "hint"));
        using (html.Element("div", ("class", "shots")))
        {
            ScoredImage[] shown = [.. mistakes.Take(most)];
            foreach (var (image, name) in shown.Zip(ShortPaths.Of([.. shown.Select(image => image.Image.Path)])))
            {
                Write(html, image, name, evaluation, decode);
            }
        }
    }

    private static void Write(HtmlWriter html, ScoredImage image, string name, Evaluation evaluation, ImageDecodeOptions? decode)
    {
        using (html.Element("figure", ("class", "shot")))
        {
            using (html.Element("div", ("class", "shot-frame")))
            {
                if (Picture(image.Image.Path, decode) is { } picture)
                {
                    html.Empty("img", ("src", picture), ("alt", name));
                }
                else
                {
                    html.Text("span", "cannot be read any more");
                }
            }

            using (html.Element("figcaption"))
            {
                if (evaluation.Task == ClassificationTask.Multiclass)
                {
                    Line("truth", [image.Image.Class], isWrong: false);
                    Line("taken for", image.Found, isWrong: true);
                }
                else
                {
                    Line("missed", [.. image.Wrong.Except(image.Found)], isWrong: true);
                    Line("found wrongly", [.. image.Wrong.Intersect(image.Found)], isWrong: true);
                    Line("right", [.. image.Found.Except(image.Wrong).Where(label => image.Targets![label] == 1)], isWrong: false);
                }

                html.Text(
                    "span",
                    string.Create(CultureInfo.InvariantCulture, $"{name}, loss {image.Loss:F2}"),
                    ("class", "shot-file"),
                    ("title", image.Image.Path));
            }
        }

        void Line(string what, IReadOnlyList<int> classes, bool isWrong)
        {
            if (classes.Count > 0)
            {
                var named = classes.Take(MostLabels).Select(index =>
                    string.Create(CultureInfo.InvariantCulture, $"{evaluation.ClassNames[index]} ({image.Probabilities[index]:F2})"));
                html.Text(
                    "div",
                    $"{what}: {string.Join(", ", named)}{(classes.Count > MostLabels ? $" and {classes.Count - MostLabels} more" : "")}",
                    ("class", isWrong ? "shot-wrong" : null));
            }
        }
    }

    /// <summary>An image as a PNG in a URL; null where it cannot be read any more.</summary>
    private static string? Picture(string path, ImageDecodeOptions? decode)
    {
        try
        {
            var image = RgbImage.Load(path, decode);
            var scale = Math.Min(1, (double)LargestSide / Math.Max(image.Width, image.Height));
            var small = ImageResizer.Resize(
                image, Math.Max((int)Math.Round(image.Width * scale), 1), Math.Max((int)Math.Round(image.Height * scale), 1));
            using var png = new MemoryStream();
            PngWriter.Write(small, png);
            return $"data:image/png;base64,{Convert.ToBase64String(png.ToArray())}";
        }
        catch (Exception exception) when (exception is IOException or ImageFormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
