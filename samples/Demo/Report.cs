using DenseNetSharp.Classification;
using Spectre.Console;

namespace Demo;

/// <summary>A table of predictions and the accuracy over all images.</summary>
internal static class Report
{
    private const int ShownPerClass = 1;

    public static void Classify(ImageClassifier classifier, LabelledImages images)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("image", "class", "top predictions");
        var correct = 0;
        var shown = new int[images.Classes.Count];
        foreach (var batch in images.Items.Chunk(50))
        {
            var results = classifier.Classify(batch.Select(item => item.Image).ToArray());
            foreach (var (item, result) in batch.Zip(results))
            {
                var isCorrect = result.Best.Index == item.Label;
                correct += isCorrect ? 1 : 0;
                if (shown[item.Label]++ < ShownPerClass)
                {
                    table.AddRow(item.Name, images.Classes[item.Label], Describe(result.Top(3), isCorrect));
                }
            }
        }

        AnsiConsole.Write(table);
        Console.WriteLine($"accuracy on the {images.Count} shipped test images: {(double)correct / images.Count:F3}");
    }

    private static string Describe(IReadOnlyList<Prediction> predictions, bool isCorrect)
    {
        var texts = predictions.Select(p => Markup.Escape($"{p.Label} {p.Probability:P1}")).ToArray();
        texts[0] = $"[{(isCorrect ? "green" : "red")}]{texts[0]}[/]";
        return string.Join(", ", texts);
    }
}
