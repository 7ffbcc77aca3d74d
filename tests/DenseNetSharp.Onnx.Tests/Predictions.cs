using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Onnx.Tests;

/// <summary>What the fused engine computes, which its own tests hold to PyTorch, and how near ONNX Runtime must come.</summary>
internal static class Predictions
{
    private const float Tolerance = 1e-4f;

    /// <summary>The logits of images, or what a network without classifier gives.</summary>
    public static float[] Of(DenseNetSpec spec, Checkpoint checkpoint, float[] images, int n, ImageSize size)
    {
        using var engine = FusedDenseNet.Load(checkpoint, new() { Spec = spec, MaxThreads = 2 });
        if (spec.NumClasses > 0)
        {
            var logits = new float[n * spec.NumClasses];
            engine.Predict(images, n, size, logits);
            return logits;
        }

        if (spec.Pooling != GlobalPooling.None)
        {
            var features = new float[n * engine.FeatureCount];
            engine.PredictFeatures(images, n, size, features);
            return features;
        }

        var mapSize = spec.FeatureMapSize(size.Height, size.Width);
        var maps = new float[n * spec.FeatureCount * mapSize.Height * mapSize.Width];
        engine.PredictMaps(images, n, size, maps);
        return maps;
    }

    /// <summary>Within 1e-4, or that part of the largest value where values are large.</summary>
    public static void ShouldBeNear(this float[] actual, IReadOnlyList<float> expected)
    {
        actual.Length.Should().Be(expected.Count);
        actual.Should().NotContain(value => float.IsNaN(value));
        var allowed = Tolerance * Math.Max(1, expected.Max(Math.Abs));
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThanOrEqualTo(allowed);
    }

    /// <summary>Exports a network and runs it over images of several counts and sizes beside the fused engine.</summary>
    public static void ShouldBeTheEngines(DenseNetSpec spec, params (int N, ImageSize Size)[] batches)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.ExportOnnx(folder.File("network.onnx"), new() { Spec = spec });
        new OnnxFile(folder.File("network.onnx")).ShouldBeWellFormed();
        using var network = new OrtNetwork(folder.File("network.onnx"));
        foreach (var (n, size) in batches)
        {
            var images = RandomNetwork.Images(spec, n, size.Height, size.Width);

            var (values, shape) = network.Run(images, n, spec.InputChannels, size.Height, size.Width);

            values.ShouldBeNear(Of(spec, checkpoint, images, n, size));
            shape[0].Should().Be(n);
        }
    }
}
