using System.Runtime.Intrinsics;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Tests;

/// <summary>What Reference/networks.py writes: networks, images, and torchvision's logits and features for them.</summary>
public sealed class TorchvisionNetworks() : ReferenceFiles("networks.py")
{
    internal static readonly IReadOnlyList<(string Network, int N, int Height, int Width)> Cases =
    [
        ("densenet121", 1, 224, 224), ("densenet121", 3, 97, 131),
        ("densenet169", 1, 224, 224), ("densenet169", 2, 96, 96),
        ("densenet201", 1, 224, 224), ("densenet201", 2, 96, 96),
        ("densenet161", 1, 224, 224), ("densenet161", 2, 96, 96),
        ("fashion", 9, 29, 29), ("fashion", 4, 32, 32),
        ("cifar", 8, 32, 32), ("cifar", 1, 13, 200),
        ("wide", 5, 45, 61), ("wide", 1, 225, 159),
        ("odd", 1, 61, 61), ("odd", 7, 100, 63),
    ];

    /// <summary>Loads one of the networks.</summary>
    internal static FusedDenseNet Load(string folder, string name, FusedKernel? kernel = null, int threads = 2)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(folder, $"{name}.pth"));
        DenseNetShapes.TryInfer(checkpoint, out var spec, out _).Should().BeTrue();
        // Its epsilon, the one thing that a state dict does not tell.
        return Engines.Load(checkpoint, kernel, threads, name == "wide" ? spec! with { BatchNormEpsilon = 1e-3 } : spec);
    }

    /// <summary>
    /// Predicts every case and compares; the largest difference of logits and features, as a part of the largest of them.
    /// </summary>
    internal static double LargestDifference(string folder, FusedKernel? kernel, int threads)
    {
        var largest = 0.0;
        // Without vector instructions at all a large network takes minutes, and more than two images of a small one many seconds.
        var cases = Vector128.IsHardwareAccelerated ? Cases : Cases.Where(item => item.Network is "fashion" or "cifar" or "odd");
        foreach (var network in cases.GroupBy(item => item.Network))
        {
            using var engine = Load(folder, network.Key, kernel, threads);
            foreach (var (_, n, height, width) in network)
            {
                using var file = Checkpoint.Open(Path.Combine(folder, $"{network.Key}-{n}x{height}x{width}.pth"));
                var count = Vector128.IsHardwareAccelerated ? n : Math.Min(n, 2);
                var features = new float[count * engine.FeatureCount];
                engine.PredictFeatures(Rows("images"), count, (height, width), features);
                largest = Math.Max(largest, Difference(features, Rows("features")));
                largest = Math.Max(largest, Difference(Logits.Of(engine, Rows("images"), count, height, width), Rows("logits")));

                float[] Rows(string name)
                {
                    var values = file.Tensors[name].ToSingleArray();
                    return values[..(values.Length / n * count)];
                }
            }
        }

        return largest;
    }

    private static double Difference(float[] actual, float[] expected)
    {
        actual.Length.Should().Be(expected.Length);
        // Max() passes over what is not a number.
        actual.Should().NotContain(value => float.IsNaN(value));
        var worst = actual.Zip(expected, (a, b) => Math.Abs((double)a - b)).Max();
        return worst / expected.Max(Math.Abs);
    }
}
