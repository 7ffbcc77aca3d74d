using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Family;

public sealed class FamilyParityTests(FamilyReference reference) : IClassFixture<FamilyReference>
{
    private const double Tolerance = 1e-5;

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.Named), MemberType = typeof(FamilyNetworks))]
    public void A_published_network_has_the_references_keys_and_shapes_in_its_full_size(string name)
    {
        var expected = File.ReadAllLines(reference[$"{name}-keys.txt"]);

        DenseNetArchitectures.Get(name).StateDict.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Should().Equal(expected);
    }

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void Text_modules_and_first_weights_are_the_references(string name)
    {
        using var initial = Checkpoint.Open(reference[$"{name}-initial.pth"]);
        var spec = FamilyNetworks.Get(name);
        manual_seed(1234);
        using var model = new DenseNet(spec);

        model.ToString().Should().Be(File.ReadAllText(reference[$"{name}.txt"]));
        model.NamedModules().Select(m => $"{m.Name} {m.Module.GetType().Name}").Should().Equal(File.ReadAllLines(reference[$"{name}-modules.txt"]));
        spec.Modules.Select(module => module.Name).Should().Equal(model.NamedModules().Select(entry => entry.Name));
        using var checkpoint = model.ToCheckpoint();
        checkpoint.Tensors.Keys.Should().Equal(initial.Tensors.Keys);
        spec.StateDict.Select(entry => entry.Name).Should().Equal(initial.Tensors.Keys);
        model.StateShouldBe(initial);
    }

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void Outputs_features_and_levels_are_the_references_at_every_batch_and_size(string name)
    {
        using var expected = reference.Expected(name);
        using var model = reference.Load(name);
        using var noGradients = no_grad();
        Compare(ScalarType.Float32);
        model.to(ScalarType.Float64);
        Compare(ScalarType.Float64);

        void Compare(ScalarType type)
        {
            for (var i = 0; expected.Tensors.TryGetValue($"x{i}", out var input); i++)
            {
                using var scope = NewDisposeScope();
                var x = input.ToTensor().to(type);
                var maps = model.ForwardFeatures(x);

                ShouldBe(model.call(x), $"output{i}");
                ShouldBe(maps, $"features{i}");
                ShouldBe(model.PooledFeatures(x), $"pooled{i}");
                ShouldBe(model.ForwardHead(maps), $"output{i}");
                ShouldBe(model.ForwardHead(maps, preLogits: true), $"pooled{i}");
                var levels = model.FeaturePyramid(x);
                levels.Should().HaveCount(model.FeatureLevels.Count);
                foreach (var (k, level) in levels.Index())
                {
                    ShouldBe(level, $"level{i}-{k}");
                    level.shape[1].Should().Be(model.FeatureLevels[k].Channels);
                }

                var size = model.Spec.FeatureMapSize((int)x.size(2), (int)x.size(3));
                maps.shape.Should().Equal(x.size(0), model.Spec.FeatureCount, size.Height, size.Width);
            }
        }

        void ShouldBe(Tensor actual, string what)
        {
            using var single = actual.to(ScalarType.Float32);
            single.ShouldBeNear(expected.Tensors[what], Tolerance, what);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void Every_modules_output_can_be_seen(string name)
    {
        using var expected = reference.Expected(name);
        using var model = reference.Load(name);
        using var noGradients = no_grad();
        using var x = expected.Tensors["x1"].ToTensor();

        foreach (var layer in model.Spec.Modules.Skip(1))
        {
            using var output = model.LayerOutput(x, layer.Name);
            output.numel().Should().BePositive("{0} computes something", layer.Name);
            if (layer.OutChannels > 0)
            {
                output.shape[1].Should().Be(layer.OutChannels, "{0} has these channels", layer.Name);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(FamilyNetworks.All), MemberType = typeof(FamilyNetworks))]
    public void A_training_step_has_the_references_gradients_and_statistics(string name)
    {
        using var expected = reference.Expected(name);
        using var trained = Checkpoint.Open(reference[$"{name}-trained.pth"]);
        foreach (var memoryEfficient in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            using var model = reference.Load(name, memoryEfficient).to(ScalarType.Float64);
            model.train();
            foreach (var dropout in model.Head.OfType<Dropout>())
            {
                dropout.eval();
            }

            var x = expected.Tensors["x0"].ToTensor().to(ScalarType.Float64).requires_grad_();

            model.call(x).square().mean().backward();

            ShouldBeNear(x.grad!, "x");
            foreach (var (key, parameter) in model.named_parameters())
            {
                ShouldBeNear(parameter.grad!, $"{key}:gradient");
            }

            foreach (var (key, buffer) in model.named_buffers())
            {
                ShouldBeNear(buffer, key);
            }
        }

        void ShouldBeNear(Tensor actual, string what)
        {
            using var scope = NewDisposeScope();
            var want = trained.Tensors[what].ToTensor();
            actual.shape.Should().Equal(want.shape);
            actual.sub(want).abs().max().to(ScalarType.Float64).item<double>().Should()
                .BeLessThanOrEqualTo(1e-9 * Math.Max(want.abs().max().to(ScalarType.Float64).item<double>(), 1e-3), "{0} is the reference's", what);
        }
    }

    [SkippableFact]
    public void Levels_are_taken_by_index_from_either_end_in_the_order_asked_for()
    {
        using var expected = reference.Expected("densenetblur121d");
        using var model = reference.Load("densenetblur121d");
        using var x = expected.Tensors["x1"].ToTensor();
        using var noGradients = no_grad();
        var fired = new List<string>();
        foreach (var (name, module) in model.Features.named_children())
        {
            ((nn.Module<Tensor, Tensor>)module).register_forward_pre_hook((_, input) =>
            {
                fired.Add(name);
                return input;
            });
        }

        var levels = model.FeaturePyramid(x, [2, -5]);

        levels[0].ShouldBeNear(expected.Tensors["level1-2"], Tolerance, "level 2");
        levels[1].ShouldBeNear(expected.Tensors["level1-0"], Tolerance, "level 0");
        levels.Should().HaveCount(2);
        fired[^1].Should().Be("denseblock2", "nothing beyond the deepest level is computed");
        foreach (var level in levels)
        {
            level.Dispose();
        }
    }

    [SkippableTheory]
    [InlineData(224, 2, 3, 0, 1)]
    [InlineData(225, 3, 3, 1, 1)]
    public void Same_padding_is_TensorFlows(int size, int before, int after, int poolBefore, int poolAfter)
    {
        using var model = reference.Load("densenet-notebook");
        using var noGradients = no_grad();
        using var x = ones(1, 3, size, size);
        using var padded = model.LayerOutput(x, "features.conv0_pad");
        using var poolInput = model.LayerOutput(x, "features.relu0");
        using var poolPadded = model.LayerOutput(x, "features.pool0_pad");

        ShouldBePadded(padded, size, before, after, 0);
        ShouldBePadded(poolPadded, poolInput.size(2), poolBefore, poolAfter, float.NegativeInfinity);

        static void ShouldBePadded(Tensor padded, long size, int before, int after, float value)
        {
            padded.shape[2..].Should().Equal(size + before + after, size + before + after);
            // Along the middle, down and across: the padding's value before and after, and nowhere between.
            foreach (var line in new[] { padded[0, 0, TensorIndex.Colon, size / 2], padded[0, 0, size / 2] })
            {
                var isPadding = line.data<float>().Select(v => v.Equals(value)).ToArray();
                isPadding[..before].Should().NotContain(false);
                isPadding[^after..].Should().NotContain(false);
                isPadding[before..^after].Should().NotContain(true);
            }
        }
    }
}
