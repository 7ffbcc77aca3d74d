using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using static DenseNetSharp.Architectures.HeadLayerKind;

namespace DenseNetSharp.Inference.Tests;

/// <summary>What Reference/family.py writes: networks of every kind, images, and their last maps, features and logits.</summary>
public sealed class FamilyNetworks() : ReferenceFiles("family.py")
{
    internal static readonly IReadOnlyDictionary<string, DenseNetSpec> Specs = new Dictionary<string, DenseNetSpec>
    {
        ["densenetblur121d"] = DenseNetSpec.Densenetblur121d,
        ["densenet-40-12"] = DenseNetSpec.ForCifar(40, 12, isBc: false),
        ["densenet-bc-100-12"] = DenseNetSpec.ForCifar(100, 12, isBc: true),
        ["densenet-notebook"] = DenseNetSpec.DensenetNotebook,
        ["bc 40"] = DenseNetSpec.ForCifar(22, 40, isBc: true) with { NumClasses = 100 },
        ["deep"] = Of(12, [2, 2, 2], 24, 7) with { Stem = DenseNetStem.Deep },
        ["deep wide"] = Of(136, [1, 1], 140, 5) with { Stem = DenseNetStem.Deep, BottleneckSize = 1, InputChannels = 1 },
        ["deep blur"] = Of(40, [1, 2], 70, 3) with { Stem = DenseNetStem.Deep, HasBlurPooling = true, HasConvolutionBias = true },
        ["deep same"] = Of(20, [2, 1], 33, 3) with { Stem = DenseNetStem.Deep, HasSamePadding = true },
        ["blur"] = Of(16, [1, 1, 2, 1], 36, 11) with { HasBlurPooling = true },
        ["blur least"] = Of(8, [2], 12, 4) with { HasBlurPooling = true },
        ["same"] = Of(8, [2, 1], 16, 4) with { HasSamePadding = true },
        ["same least"] = Of(8, [2], 16, 4) with { HasSamePadding = true, InputChannels = 2 },
        ["plain"] = Of(24, [3, 3], 30, 4) with { BottleneckSize = 0, Compression = 0.7 },
        ["plain 3x3"] = Of(9, [4, 3, 4], 131, 6) with
        {
            BottleneckSize = 0,
            Compression = 1,
            Stem = DenseNetStem.ThreeByThree,
            InputChannels = 1,
        },
        ["bias"] = Of(12, [2, 3, 2], 21, 5) with { HasConvolutionBias = true },
        ["bias 3x3"] = Of(17, [2, 2], 19, 5) with
        {
            HasConvolutionBias = true,
            Compression = 0.33,
            Stem = DenseNetStem.ThreeByThree,
            HasLastNorm = false,
        },
        ["max"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.Max },
        ["max without norm"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.Max, HasLastNorm = false },
        ["avgmax"] = Of(60, [2, 2], 41, 5) with { Pooling = GlobalPooling.AverageMax },
        ["catavgmax"] = Of(60, [2, 2], 43, 130) with { Pooling = GlobalPooling.ConcatenatedAverageMax },
        ["maps"] = Of(12, [2, 2], 21, 0) with { Pooling = GlobalPooling.None },
        ["maps without norm"] = Of(12, [2, 2], 21, 0) with { Pooling = GlobalPooling.None, HasLastNorm = false },
        ["features"] = Of(12, [2, 2], 21, 0),
        ["fast.ai"] = WithHead(
            Of(16, [3, 3], 32, 0) with { Pooling = GlobalPooling.ConcatenatedAverageMax }, BatchNorm1d, Dropout, -150, ReLU, BatchNorm1d, Dropout, 10),
        ["activations"] = WithHead(
            Of(16, [2, 2], 32, 0),
            BatchNorm1d, Elu, 140, BatchNorm1d, Gelu, -20, Silu, BatchNorm1d, Tanh, 20, Sigmoid, 20, 30, LeakyReLU, BatchNorm1d, ReLU, BatchNorm1d, ReLU, 3),
    };

    /// <summary>Every network's images: how many, and their height and width.</summary>
    internal IEnumerable<(int N, ImageSize Size, string File)> Images(string network)
    {
        var folder = Path.GetDirectoryName(this[$"{network}.pth"])!;
        foreach (var file in Directory.GetFiles(folder, $"{network}-*x*x*.pth"))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            int[] parts = [.. name[(name.LastIndexOf('-') + 1)..].Split('x').Select(int.Parse)];
            yield return (parts[0], (parts[1], parts[2]), file);
        }
    }

    internal FusedDenseNet Load(string network, FusedKernel? kernel, int threads)
    {
        using var checkpoint = Checkpoint.Open(this[$"{network}.pth"]);
        return Engines.Load(checkpoint, kernel, threads, Specs[network]);
    }

    private static DenseNetSpec Of(int growthRate, int[] blocks, int initFeatures, int classes) =>
        new() { GrowthRate = growthRate, BlockConfig = blocks, InitFeatures = initFeatures, NumClasses = classes };

    /// <summary>Adds a head: numbers are linear layers of so many outputs, below nothing without bias.</summary>
    private static DenseNetSpec WithHead(DenseNetSpec spec, params object[] kinds)
    {
        var width = spec.PooledFeatureCount;
        return spec.WithHead([.. kinds.Select((kind, i) =>
        {
            var (before, after) = (width, kind is int outputs ? Math.Abs(outputs) : width);
            width = after;
            return new HeadLayer
            {
                Name = $"classifier.{i}",
                Kind = kind is HeadLayerKind layer ? layer : Linear,
                InFeatures = before,
                OutFeatures = after,
                HasBias = kind is > 0,
                Epsilon = 1e-3,
            };
        })]);
    }
}
