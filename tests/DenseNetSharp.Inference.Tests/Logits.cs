using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Inference.Tests;

/// <summary>Predictions and how they are compared.</summary>
internal static class Logits
{
    /// <summary>The largest difference that is allowed, as a part of the largest logit.</summary>
    public const double Tolerance = 2e-5;

    public static float[] Of(IImageNetwork network, float[] images, int n, int height, int width)
    {
        var logits = new float[n * network.NumClasses];
        network.Predict(images, n, (height, width), logits);
        return logits;
    }

    public static double[] Naively(NaiveDenseNet network, DenseNetSpec spec, float[] images, int n, int height, int width) =>
        [.. Enumerable.Range(0, n).SelectMany(i =>
        {
            var image = new double[spec.InputChannels, height, width];
            images.AsSpan(i * image.Length, image.Length).ToArray().Select(value => (double)value).ToArray()
                .CopyTo(image);
            return network.Predict(image);
        })];

    public static void ShouldBe(this float[] actual, IReadOnlyList<double> expected, double tolerance = Tolerance)
    {
        actual.Length.Should().Be(expected.Count);
        // Max() passes over what is not a number.
        actual.Should().NotContain(value => float.IsNaN(value));
        var allowed = tolerance * expected.Max(Math.Abs);
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThanOrEqualTo(allowed);
    }

    private static void CopyTo(this double[] values, double[,,] image) =>
        Buffer.BlockCopy(values, 0, image, 0, Buffer.ByteLength(values));
}
