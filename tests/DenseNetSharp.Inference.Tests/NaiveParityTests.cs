using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Inference.Tests;

public sealed class NaiveParityTests
{
    /// <summary>Small networks in which nothing is a multiple of anything, and small ones like torchvision's.</summary>
    internal static readonly IReadOnlyDictionary<string, DenseNetSpec> Specs = new Dictionary<string, DenseNetSpec>
    {
        ["like densenet121"] = new() { BlockConfig = [2, 2, 2, 1], NumClasses = 10 },
        ["like densenet161"] = new() { GrowthRate = 48, InitFeatures = 96, BlockConfig = [1, 2, 1, 1], NumClasses = 65 },
        ["growth 12"] = new() { GrowthRate = 12, InitFeatures = 24, BlockConfig = [3, 2, 2], NumClasses = 5 },
        ["growth 5"] = new() { GrowthRate = 5, InitFeatures = 7, BottleneckSize = 3, BlockConfig = [2, 3, 2, 1], NumClasses = 1 },
        ["one channel"] = new() { GrowthRate = 16, InitFeatures = 10, BlockConfig = [2, 2], InputChannels = 1, NumClasses = 33 },
        ["six channels"] = new() { GrowthRate = 33, InitFeatures = 65, BlockConfig = [1, 1, 1], InputChannels = 6, NumClasses = 129 },
        ["one block"] = new() { GrowthRate = 8, InitFeatures = 16, BlockConfig = [3], NumClasses = 2 },
        ["wide bottleneck"] = new() { GrowthRate = 20, BottleneckSize = 7, InitFeatures = 40, BlockConfig = [1, 2, 1], NumClasses = 17 },
        ["other epsilon"] = new() { GrowthRate = 8, InitFeatures = 16, BlockConfig = [2, 2, 1, 1], BatchNormEpsilon = 0.03 },
    };

    public static TheoryData<string, FusedKernel, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, FusedKernel, int>();
            foreach (var name in Specs.Keys)
            {
                foreach (var kernel in Enum.GetValues<FusedKernel>())
                {
                    cases.Add(name, kernel, 1);
                    cases.Add(name, kernel, 2);
                    cases.Add(name, kernel, 3);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Logits_are_those_of_the_naive_network(string name, FusedKernel kernel, int threads)
    {
        var spec = Specs[name];
        using var checkpoint = RandomNetwork.Create(spec);
        using var engine = Engines.Load(checkpoint, kernel, threads, spec);
        foreach (var (n, height, width) in new[] { (1, 29, 29), (2, 37, 64), (1, 47, 33) })
        {
            var images = RandomNetwork.Images(spec, n, height, width);

            Logits.Of(engine, images, n, height, width).ShouldBe(Expected(spec, checkpoint, name, images, n, height, width));
        }
    }

    private static readonly Dictionary<(string, int), double[]> _known = [];

    private static double[] Expected(
        DenseNetSpec spec, Checkpoint checkpoint, string name, float[] images, int n, int height, int width)
    {
        // The naive network is slow, and the kernels and threads share its answer.
        if (!_known.TryGetValue((name, images.Length), out var logits))
        {
            logits = Logits.Naively(new NaiveDenseNet(spec, checkpoint), spec, images, n, height, width);
            _known.Add((name, images.Length), logits);
        }

        return logits;
    }
}
