using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using Spectre.Console;

namespace Demo;

/// <summary>A table with one image's predictions a class, and the share of all images whose likeliest class is right.</summary>
internal static class Report
{
    public static void Classify(ImageClassifier classifier, ImageDataset dataset)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("image", "class", "top predictions");
        var correct = 0;
        var shown = new HashSet<int>();
        foreach (var (image, file) in dataset.Images.Zip(classifier.ClassifyFiles(dataset.Images.Select(image => image.Path))))
        {
            var result = file.Result ?? throw file.Error!;
            var isCorrect = result.Best.Index == image.Classes[0];
            correct += isCorrect ? 1 : 0;
            if (shown.Add(image.Classes[0]))
            {
                table.AddRow(Path.GetFileName(image.Path), dataset.ClassNames[image.Classes[0]], Describe(result.Top(3), isCorrect));
            }
        }

        AnsiConsole.Write(table);
        Console.WriteLine($"{correct} of {dataset.Images.Count} images classified right.");
    }

    private static string Describe(IReadOnlyList<Prediction> predictions, bool isCorrect)
    {
        var texts = predictions.Select(p => Markup.Escape($"{p.Label} {p.Probability:P1}")).ToArray();
        texts[0] = $"[{(isCorrect ? "green" : "red")}]{texts[0]}[/]";
        return string.Join(", ", texts);
    }
}
