using DenseNetSharp.Classification;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Serve.Tests;

/// <summary>The network and images that the sample comes with.</summary>
internal static class Shipped
{
    public static string Checkpoint => Path.Combine(AppContext.BaseDirectory, "shipped", "fashion-mnist.pth");

    public static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "shipped", "examples", $"{name}.png");

    public static byte[] Bag => File.ReadAllBytes(Example("bag"));

    /// <summary>Images that the page does not offer.</summary>
    public static IReadOnlyList<string> Sneakers { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "sneakers")).Order(StringComparer.Ordinal)];

    /// <summary>What the library makes of an image without any service.</summary>
    public static ClassificationResult Classify(string path, ClassificationTask? task = null)
    {
        using var classifier = ImageClassifier.Load(Checkpoint, task: task);
        return classifier.Classify(path);
    }

    public static Explanation Explain(string path, int? classIndex = null)
    {
        using var classifier = ImageClassifier.Load(Checkpoint);
        return classifier.Explain(path, new ExplanationOptions { ClassIndex = classIndex });
    }
}
