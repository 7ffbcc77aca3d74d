using DenseNetSharp.Architectures;
using static DenseNetSharp.Architectures.HeadLayerKind;

namespace DenseNetSharp.Onnx.Tests;

/// <summary>Small networks of every kind.</summary>
internal static class Kinds
{
    public static IReadOnlyDictionary<string, DenseNetSpec> Small { get; } = new Dictionary<string, DenseNetSpec>
    {
        ["classifier"] = Of(12, [2, 3, 2], 21, 5),
        ["deep"] = Of(12, [2, 2, 2], 24, 7) with { Stem = DenseNetStem.Deep },
        ["deep blur bias"] = Of(10, [1, 2], 22, 3) with { Stem = DenseNetStem.Deep, HasBlurPooling = true, HasConvolutionBias = true },
        ["deep same"] = Of(20, [2, 1], 33, 3) with { Stem = DenseNetStem.Deep, HasSamePadding = true, ActivatesLastMaps = true },
        ["blur"] = Of(16, [1, 1, 2, 1], 36, 11) with { HasBlurPooling = true },
        ["same"] = Of(8, [2, 1], 16, 4) with { HasSamePadding = true, InputChannels = 2 },
        ["plain"] = Of(24, [3, 3], 30, 4) with { BottleneckSize = 0, Compression = 0.7 },
        ["plain 3x3"] = Of(9, [4, 3, 4], 31, 6) with { BottleneckSize = 0, Compression = 1, Stem = DenseNetStem.ThreeByThree, InputChannels = 1 },
        ["bias 3x3"] = Of(17, [2, 2], 19, 5) with
        {
            HasConvolutionBias = true,
            Compression = 0.33,
            Stem = DenseNetStem.ThreeByThree,
            HasLastNorm = false,
        },
        ["epsilon"] = Of(12, [2, 2], 21, 5) with { BatchNormEpsilon = 0.3 },
        ["without the last ReLU"] = Of(12, [2, 2], 21, 5) with { HasLastReLU = false },
        ["max"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.Max },
        ["avgmax"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.AverageMax },
        ["catavgmax"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.ConcatenatedAverageMax },
        ["catmaxavg"] = Of(12, [2, 2], 21, 5) with { Pooling = GlobalPooling.ConcatenatedMaxAverage },
        ["maps"] = Of(12, [2, 2], 21, 0) with { Pooling = GlobalPooling.None },
        ["maps without norm"] = Of(12, [2, 2], 21, 0) with { Pooling = GlobalPooling.None, HasLastNorm = false },
        ["features"] = Of(12, [2, 2], 21, 0),
        ["fast.ai"] = WithHead(
            Of(16, [3, 3], 32, 0) with { Pooling = GlobalPooling.ConcatenatedMaxAverage }, BatchNorm1d, Dropout, -50, ReLU, BatchNorm1d, Dropout, 10),
        ["activations"] = WithHead(
            Of(16, [2, 2], 32, 0), BatchNorm1d, Elu, 40, BatchNorm1d, ReLU, 40, Gelu, -20, Silu, Identity, Tanh, 20, Sigmoid, 20, 30, LeakyReLU, 3),
        ["names that are taken"] = Of(12, [2, 2], 21, 0).WithHead(
        [
            new() { Name = "images", Kind = Linear, InFeatures = 46, OutFeatures = 9 },
            new() { Name = "flatten", Kind = ReLU, InFeatures = 9, OutFeatures = 9 },
            new() { Name = "logits", Kind = Linear, InFeatures = 9, OutFeatures = 4 },
        ]),
    };

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
