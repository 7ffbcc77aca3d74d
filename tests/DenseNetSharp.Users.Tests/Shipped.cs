using System.Globalization;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Users.Tests;

/// <summary>The network and images that the samples come with, and what PyTorch says of them.</summary>
internal static class Shipped
{
    private static readonly Lazy<(int Parameters, Dictionary<string, double[]> Probabilities)> _pytorch = new(AskPyTorch);

    public static string Folder { get; } = Path.Combine(PublishedProgram.RepositoryRoot(), "samples", "FashionMnist", "shipped");

    public static string Checkpoint { get; } = Path.Combine(Folder, "fashion-mnist.pth");

    public static string Images { get; } = Path.Combine(Folder, "images");

    public static IReadOnlyList<string> ClassNames { get; } = RunDescription.FindBeside(Checkpoint)!.ClassNames!;

    /// <summary>The number of the network's parameters.</summary>
    public static int Parameters => _pytorch.Value.Parameters;

    /// <summary>How many of the images the network classifies as what their folder says.</summary>
    public static int Right => _pytorch.Value.Probabilities.Keys.Count(image => Best(image).Label == image.Split('/')[0]);

    /// <summary>The likeliest class of an image.</summary>
    /// <param name="image">Class and file, such as <c>Bag/00018.png</c>.</param>
    public static (string Label, double Probability) Best(string image) => Top(image)[0];

    /// <summary>The three likeliest classes of an image.</summary>
    /// <param name="image">Class and file, such as <c>Bag/00018.png</c>.</param>
    public static (string Label, double Probability)[] Top(string image) =>
        [.. ClassNames.Zip(_pytorch.Value.Probabilities[image]).OrderByDescending(item => item.Second).Take(3)];

    private static (int Parameters, Dictionary<string, double[]> Probabilities) AskPyTorch()
    {
        var lines = PythonReference.Run(Path.Combine("Reference", "shipped_images.py"), Folder).TrimEnd().Split('\n');
        return (
            int.Parse(lines[0], CultureInfo.InvariantCulture),
            lines[1..].Select(line => line.Split('\t'))
                .ToDictionary(parts => parts[0], parts => parts[1..].Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray()));
    }
}
