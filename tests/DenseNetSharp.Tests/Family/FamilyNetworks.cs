using DenseNetSharp.Architectures;

namespace DenseNetSharp.Tests.Family;

/// <summary>The networks of Reference/family.py: every named architecture cut short, and small ones of other kinds.</summary>
internal static class FamilyNetworks
{
    private static readonly int[] _blocks = [2, 3, 2, 1];

    private static readonly DenseNetSpec _tiny = Networks.Tiny;

    private static readonly Dictionary<string, DenseNetSpec> _others = new()
    {
        ["max"] = _tiny with { Pooling = GlobalPooling.Max },
        ["avgmax"] = _tiny with { Pooling = GlobalPooling.AverageMax },
        ["catavgmax"] = _tiny with { Pooling = GlobalPooling.ConcatenatedAverageMax },
        ["maps"] = _tiny with { Pooling = GlobalPooling.None, NumClasses = 0 },
        ["features"] = _tiny with { NumClasses = 0 },
        ["blur"] = _tiny with { HasBlurPooling = true },
        ["deep-same"] = _tiny with { Stem = DenseNetStem.Deep, HasSamePadding = true, InputChannels = 1 },
        ["unactivated-blur"] = _tiny with { HasBlurPooling = true, HasLastNorm = false, BottleneckSize = 0, Compression = 0.7, InputChannels = 4 },
        ["two-blocks"] = _tiny with { BlockConfig = [2, 2], HasConvolutionBias = true },
        ["flat-head"] = WithHead(
            _tiny,
            features =>
            [
                Linear("fc1", features, 9) with { HasBias = false },
                Same("bn1", HeadLayerKind.BatchNorm1d, 9) with { Epsilon = 1e-3 },
                Same("act1", HeadLayerKind.LeakyReLU, 9),
                Linear("fc2", 9, 5),
            ]),
        ["deep-head"] = WithHead(
            _tiny with { HasConvolutionBias = true, BottleneckSize = 0 },
            features =>
            [
                Same("classifier.0", HeadLayerKind.Dropout, features) with { Rate = 0.3 },
                Linear("classifier.1", features, 12),
                Same("classifier.2", HeadLayerKind.ReLU, 12),
                Same("classifier.3", HeadLayerKind.BatchNorm1d, 12),
                Linear("classifier.4", 12, 11),
                Same("classifier.5", HeadLayerKind.Gelu, 11),
                Linear("classifier.6", 11, 10),
                Same("classifier.7", HeadLayerKind.Silu, 10),
                Linear("classifier.8", 10, 9),
                Same("classifier.9", HeadLayerKind.Tanh, 9),
                Linear("classifier.10", 9, 8),
                Same("classifier.11", HeadLayerKind.Sigmoid, 8),
                Linear("classifier.12", 8, 8),
                Same("classifier.13", HeadLayerKind.Elu, 8),
                Linear("classifier.14", 8, 4),
            ]),
        ["nested-head"] = WithHead(
            _tiny with
            {
                Pooling = GlobalPooling.ConcatenatedAverageMax,
                Stem = DenseNetStem.ThreeByThree,
                InitialWeights = InitialWeights.GlorotUniform,
            },
            features =>
            [
                Linear("head.body.fc", features, 6),
                Same("head.body.act", HeadLayerKind.ReLU, 6),
                Linear("head.out", 6, 3),
                Linear("last", 3, 2),
            ]),
    };

    public static TheoryData<string> Named => [.. DenseNetArchitectures.All.Select(spec => spec.Name!)];

    public static TheoryData<string> All => [.. DenseNetArchitectures.All.Select(spec => spec.Name!), .. _others.Keys];

    public static DenseNetSpec Get(string name)
    {
        if (_others.TryGetValue(name, out var other))
        {
            return other;
        }

        var spec = DenseNetArchitectures.Get(name);
        return spec with { BlockConfig = _blocks[..spec.BlockConfig.Count], NumClasses = 7 };
    }

    public static HeadLayer Linear(string name, int inFeatures, int outFeatures) =>
        new() { Name = name, Kind = HeadLayerKind.Linear, InFeatures = inFeatures, OutFeatures = outFeatures };

    public static HeadLayer Same(string name, HeadLayerKind kind, int features) =>
        new() { Name = name, Kind = kind, InFeatures = features, OutFeatures = features };

    private static DenseNetSpec WithHead(DenseNetSpec spec, Func<int, IReadOnlyList<HeadLayer>> head) => spec.WithHead(head(spec.PooledFeatureCount));
}
