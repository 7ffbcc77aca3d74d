using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Reports;

/// <summary>Evaluations of made-up scores.</summary>
internal static class Evaluations
{
    /// <summary>Of two classes.</summary>
    /// <param name="names">What they are called.</param>
    /// <param name="images">Each image's class and the probability of the second class.</param>
    public static Evaluation Of(string[] names, params (int Class, double Probability)[] images)
    {
        var evaluation = new Evaluation(new ImageDataset(names, []));
        evaluation.Add(
            [.. images.SelectMany(image => new[] { 0, (float)Math.Log(image.Probability / (1 - image.Probability)) })],
            [.. images.Select((image, i) => new LabelledImage($"image {i}.png", [image.Class]))]);
        return evaluation;
    }

    /// <summary>Of labels, with a file for each image.</summary>
    public static Evaluation OfLabels(string[] names, float[] logits, float[] targets, params string[] files)
    {
        var evaluation = new Evaluation(new ImageDataset(names, [], ClassificationTask.Multilabel));
        evaluation.Add(
            logits, targets, [.. Enumerable.Range(0, logits.Length / names.Length).Select(i => new LabelledImage(files.ElementAtOrDefault(i) ?? $"image {i}.png", []))]);
        return evaluation;
    }
}
