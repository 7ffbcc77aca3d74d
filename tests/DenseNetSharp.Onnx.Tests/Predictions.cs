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
        using var engine = Load(spec, checkpoint);
        return Of(engine, images, n, size);
    }

    private static FusedDenseNet Load(DenseNetSpec spec, Checkpoint checkpoint) => FusedDenseNet.Load(checkpoint, new() { Spec = spec, MaxThreads = 2 });

    private static float[] Of(FusedDenseNet engine, float[] images, int n, ImageSize size)
    {
        var spec = engine.Spec;
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

    /// <summary>Within 1e-4, or that part of the largest value where images of large values make large ones.</summary>
    public static void ShouldBeNear(this float[] actual, IReadOnlyList<float> expected, bool ofLargest = false)
    {
        actual.Length.Should().Be(expected.Count);
        actual.Should().NotContain(value => float.IsNaN(value));
        actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThanOrEqualTo(Tolerance * (ofLargest ? expected.Max(Math.Abs) : 1));
    }

    /// <summary>Exports a network and runs it over images of several counts and sizes beside the fused engine.</summary>
    public static void ShouldBeTheEngines(DenseNetSpec spec, params (int N, ImageSize Size)[] batches)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.ExportOnnx(folder.File("network.onnx"), new() { Spec = spec });
        new OnnxFile(folder.File("network.onnx")).ShouldBeWellFormed();
        using var network = new OrtNetwork(folder.File("network.onnx"));
        using var engine = Load(spec, checkpoint);
        foreach (var (n, size) in batches)
        {
            var images = RandomNetwork.Images(spec, n, size.Height, size.Width);

            var (values, shape) = network.Run(images, n, spec.InputChannels, size.Height, size.Width);

            values.ShouldBeNear(Of(engine, images, n, size));
            shape[0].Should().Be(n);
        }
    }
}
