using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Inference.Tests;

public sealed class FamilyParityTests(FamilyNetworks networks) : IClassFixture<FamilyNetworks>
{
    /// <summary>Of single values, the worst of some ten thousand: PyTorch's own in single precision are half as far off.</summary>
    private const double ToleranceOfMaps = 4e-5;

    public static TheoryData<string, FusedKernel, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, FusedKernel, int>();
            foreach (var name in FamilyNetworks.Specs.Keys)
            {
                foreach (var kernel in Enum.GetValues<FusedKernel>())
                {
                    cases.Add(name, kernel, 1);
                    cases.Add(name, kernel, 2);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Maps_features_and_logits_are_those_of_the_description(string name, FusedKernel kernel, int threads)
    {
        using var engine = networks.Load(name, kernel, threads);
        var spec = FamilyNetworks.Specs[name];
        engine.FeatureCount.Should().Be(spec.PooledFeatureCount);
        foreach (var (n, size, path) in networks.Images(name))
        {
            using var file = Checkpoint.Open(path);
            var images = file.Tensors["images"].ToSingleArray();
            Maps(engine, images, n, size).ShouldBe(Expected(file, "maps"), ToleranceOfMaps);
            if (spec.Pooling != GlobalPooling.None)
            {
                Features(engine, images, n, size).ShouldBe(Expected(file, "features"));
            }

            if (spec.NumClasses > 0)
            {
                Logits.Of(engine, images, n, size.Height, size.Width).ShouldBe(Expected(file, "logits"));
            }
        }
    }

    [SkippableFact]
    public void Sizes_in_turns_leave_nothing_behind()
    {
        foreach (var name in new[] { "deep blur", "plain 3x3", "same least", "maps" })
        {
            using var engine = networks.Load(name, kernel: null, threads: 2);
            var cases = networks.Images(name).ToArray();
            for (var i = 0; i < 3; i++)
            {
                foreach (var (n, size, path) in i % 2 == 0 ? cases : cases.Reverse())
                {
                    using var file = Checkpoint.Open(path);

                    Maps(engine, file.Tensors["images"].ToSingleArray(), n, size).ShouldBe(Expected(file, "maps"), ToleranceOfMaps);
                }
            }
        }
    }

    [Theory]
    [InlineData("deep blur")]
    [InlineData("plain 3x3")]
    [InlineData("bias 3x3")]
    [InlineData("fast.ai")]
    [InlineData("activations")]
    public void An_image_has_the_same_bits_whatever_the_threads_and_the_batch(string name)
    {
        const int many = 19;
        var spec = FamilyNetworks.Specs[name];
        using var checkpoint = RandomNetwork.Create(spec);
        var images = RandomNetwork.Images(spec, many, 22, 30);
        var length = images.Length / many;
        using var one = Engines.Load(checkpoint, threads: 1, spec: spec);
        var expected = Enumerable.Range(0, many).Select(i => images[(i * length)..((i + 1) * length)])
            .Select(image => (Maps: Maps(one, image, 1, (22, 30)), Logits: Logits.Of(one, image, 1, 22, 30))).ToArray();
        for (var threads = 1; threads <= 3; threads++)
        {
            using var engine = Engines.Load(checkpoint, threads: threads, spec: spec);
            foreach (var n in new[] { 1, 2, 5, many })
            {
                Maps(engine, images[..(n * length)], n, (22, 30)).Should().Equal(expected.Take(n).SelectMany(item => item.Maps));
                Logits.Of(engine, images[..(n * length)], n, 22, 30).Should().Equal(expected.Take(n).SelectMany(item => item.Logits));
            }
        }
    }

    [SkippableFact]
    public void A_network_that_pools_nothing_gives_maps_and_says_so()
    {
        using var engine = networks.Load("maps", kernel: null, threads: 1);

        var predict = () => engine.PredictFeatures(new float[3 * 32 * 32], 1, 32, new float[engine.FeatureCount]);

        predict.Should().Throw<InvalidOperationException>().WithMessage("The network pools nothing (GlobalPooling.None); PredictMaps gives its last maps.");
    }

    [SkippableFact]
    public void Maps_are_refused_room_that_does_not_fit_and_images_that_are_too_small()
    {
        using var engine = networks.Load("deep", kernel: null, threads: 1);
        var spec = FamilyNetworks.Specs["deep"];
        var images = new float[3 * 32 * 32];
        var length = Length(spec, 1, 32);
        var room = Enumerable.Repeat(7f, length + 1).ToArray();

        var tooLong = () => engine.PredictMaps(images, 1, 32, room);
        var tooShort = () => engine.PredictMaps(images, 1, 32, room.AsSpan(0, length - 1));
        var over = () => engine.PredictMaps(images, 1, 32, images.AsSpan(0, length));
        var tooSmall = () => engine.PredictMaps(new float[3 * 32 * 12], 1, (32, 12), room);

        tooLong.Should().Throw<ArgumentException>().WithMessage($"*{length} values*{length + 1}*");
        tooShort.Should().Throw<ArgumentException>().WithMessage($"*{length} values*{length - 1}*");
        over.Should().Throw<ArgumentException>().WithMessage("*overwrite the images*");
        tooSmall.Should().Throw<ArgumentException>().WithMessage("Images must be at least 13x13, but got 32x12 (height x width).");
        room.Should().OnlyContain(value => value == 7f);
    }

    [SkippableFact]
    public void A_checkpoint_of_another_kind_is_refused()
    {
        using var checkpoint = Checkpoint.Open(networks["bias.pth"]);

        var load = () => FusedDenseNet.Load(checkpoint, new() { Spec = FamilyNetworks.Specs["bias"] with { HasConvolutionBias = false } });

        load.Should().Throw<CheckpointMismatchException>().WithMessage("*conv0.bias*");
    }

    private static float[] Maps(FusedDenseNet engine, float[] images, int n, ImageSize size)
    {
        var maps = new float[Length(engine.Spec, n, size)];
        engine.PredictMaps(images, n, size, maps);
        return maps;
    }

    private static float[] Features(FusedDenseNet engine, float[] images, int n, ImageSize size)
    {
        var features = new float[n * engine.FeatureCount];
        engine.PredictFeatures(images, n, size, features);
        return features;
    }

    private static int Length(DenseNetSpec spec, int n, ImageSize size)
    {
        var maps = spec.FeatureMapSize(size.Height, size.Width);
        return n * spec.FeatureCount * maps.Height * maps.Width;
    }

    private static double[] Expected(Checkpoint file, string name) =>
        [.. file.Tensors[name].ToSingleArray().Select(value => (double)value)];
}
