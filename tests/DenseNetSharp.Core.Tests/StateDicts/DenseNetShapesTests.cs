using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Core.Tests.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Core.Tests.StateDicts;

public sealed class DenseNetShapesTests
{
    [Theory]
    [InlineData("densenet121", 1000)]
    [InlineData("densenet161", 1000)]
    [InlineData("densenet169", 1)]
    [InlineData("densenet201", 37)]
    public void A_named_network_is_recognised_with_any_number_of_classes(string name, int classes)
    {
        var spec = DenseNetArchitectures.Get(name) with { NumClasses = classes };

        Infer(Shapes(spec)).Should().Be(spec);
    }

    [Fact]
    public void A_network_of_another_size_is_described_without_a_name()
    {
        var spec = new DenseNetSpec
        {
            GrowthRate = 12,
            BlockConfig = [3, 4, 5],
            InitFeatures = 24,
            BottleneckSize = 2,
            NumClasses = 10,
            InputChannels = 1,
        };

        Infer(Shapes(spec)).Should().Be(spec);
    }

    [Fact]
    public void A_named_network_with_another_number_of_input_channels_keeps_its_name()
    {
        var spec = DenseNetSpec.Densenet121 with { InputChannels = 1, NumClasses = 18 };

        Infer(Shapes(spec)).Should().Be(spec);
    }

    [Fact]
    public void Features_without_a_classifier_are_named_in_the_reason()
    {
        var shapes = Shapes(DenseNetSpec.Densenet169);
        shapes.Remove("classifier.weight");
        shapes.Remove("classifier.bias");

        DenseNetShapes.TryInfer(shapes, out _, out var reason).Should().BeFalse();

        reason.Should().Be("It has no classifier; its features are those of densenet169, and 'densenet features' and FusedDenseNet.PredictFeatures take them.");
    }

    [Theory]
    [InlineData("densenet264")]
    [InlineData("densenet-40-12")]
    [InlineData("densenet-100-24")]
    [InlineData("densenet-bc-100-12")]
    [InlineData("densenet-bc-190-40")]
    [InlineData("densenet-bc-58-7")]
    public void A_network_of_the_paper_is_recognised_by_name(string name)
    {
        var spec = DenseNetArchitectures.Get(name);

        Infer(Shapes(spec)).Should().Be(spec);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.75)]
    [InlineData(1)]
    [InlineData(1 / 3.0)]
    public void What_transitions_keep_is_found(double compression)
    {
        var spec = new DenseNetSpec { GrowthRate = 5, BlockConfig = [3, 2, 4], InitFeatures = 11, Compression = compression, BottleneckSize = 0 };

        var found = Infer(Shapes(spec));

        found.StateDict.Should().Equal(spec.StateDict);
        found.BottleneckSize.Should().Be(0);
        if (compression != 1 / 3.0)
        {
            found.Compression.Should().Be(compression);
        }
    }

    [Fact]
    public void Biases_and_a_missing_last_norm_are_seen()
    {
        var spec = new DenseNetSpec { BlockConfig = [2, 2], GrowthRate = 8, BottleneckSize = 0, HasConvolutionBias = true, HasLastNorm = false, NumClasses = 3 };

        Infer(Shapes(spec)).Should().Be(spec);
    }

    [Fact]
    public void A_notebooks_network_without_its_description_must_be_named()
    {
        var spec = DenseNetSpec.DensenetNotebook with { BlockConfig = [1, 1], GrowthRate = 4, InitFeatures = 8, NumClasses = 3, Name = null, InitialWeights = default };
        using var weights = RandomNetwork.Create(spec);

        FluentActions.Invoking(() => DenseNetSpec.Infer(weights)).Should().Throw<InvalidDataException>().WithMessage("*TensorFlow*the network must be named*");
        DenseNetSpec.Infer(weights, like: DenseNetSpec.DensenetNotebook).Should().Be(spec);
    }

    [Fact]
    public void A_deep_stem_is_none_of_a_network_until_its_pooling_is_known()
    {
        DenseNetShapes.TryInfer(Shapes(DenseNetSpec.Densenetblur121d), out _, out var reason).Should().BeFalse();

        reason.Should().Contain("densenetblur121d").And.Contain("densenet264d").And.Contain("must be named");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_versions_of_its_modules_tell_a_deep_stems_pooling(bool hasBlur)
    {
        var spec = new DenseNetSpec
        {
            BlockConfig = [1, 1],
            GrowthRate = 4,
            InitFeatures = 8,
            Stem = DenseNetStem.Deep,
            HasBlurPooling = hasBlur,
            ActivatesLastMaps = true,
            NumClasses = 3,
        };
        using var weights = RandomNetwork.Create(spec);
        var versions = spec.Modules.ToDictionary(module => module.Name, module => module.Version);

        DenseNetSpec.Infer(new Checkpoint(weights.Tensors, moduleVersions: versions)).Should().Be(spec);
    }

    [Fact]
    public void What_no_tensor_tells_is_read_from_the_networks_own_description()
    {
        var spec = new DenseNetSpec
        {
            BlockConfig = [1, 1],
            GrowthRate = 4,
            InitFeatures = 8,
            BottleneckSize = 0,
            HasSamePadding = true,
            HasConvolutionBias = true,
            HasLastNorm = false,
            BatchNormEpsilon = 1e-3,
            BatchNormMomentum = 0.01,
            Pooling = GlobalPooling.ConcatenatedAverageMax,
            NumClasses = 3,
        };
        using var weights = RandomNetwork.Create(spec);

        DenseNetSpec.Infer(new Checkpoint(weights.Tensors, NetworkTraits.AddTo(null, spec))).Should().Be(spec);
        NetworkTraits.AddTo(null, DenseNetSpec.Densenet121).Should().BeNull("its tensors tell everything");
        FluentActions.Invoking(() => DenseNetSpec.Infer(new Checkpoint(
                weights.Tensors, new Dictionary<string, string> { [NetworkTraits.Key] = "{\"pooling\": 7.5}" })))
            .Should().Throw<InvalidDataException>().WithMessage("*'DenseNetSpec' among its metadata, which describes no network*");
    }

    [Fact]
    public void Counters_may_be_absent_and_foreign_keys_are_not_looked_at()
    {
        var shapes = Shapes(DenseNetSpec.Densenet121);
        foreach (var counter in shapes.Keys.Where(key => key.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToArray())
        {
            shapes.Remove(counter);
        }

        shapes["criterion.weight"] = [5];

        Infer(shapes).Should().Be(DenseNetSpec.Densenet121);
    }

    [Theory]
    [InlineData("features.conv0.weight", null, "It has no features.conv0.weight.")]
    [InlineData("classifier.weight", null, "It has no classifier.weight.")]
    [InlineData("features.norm5.running_var", null, "It has no features.norm5.running_var.")]
    [InlineData("features.conv0.weight", new long[] { 64, 3, 5, 5 }, "Its stem is one 5x5 convolution, which this version does not build.")]
    [InlineData("features.conv0.weight", new long[] { 64, 3, 3, 3 }, "It has features.norm0.weight, which no DenseNet of its size has.")]
    [InlineData("features.conv0.weight", new long[] { 64 }, "features.conv0.weight has the shape [64]*")]
    [InlineData("classifier.bias", new long[] { 5 }, "classifier.bias has the shape [5] where*[1000].")]
    [InlineData("features.denseblock1.denselayer1.conv1.weight", new long[] { 127, 64, 1, 1 }, "*no multiple of*")]
    [InlineData("features.denseblock2.denselayer3.conv1.weight", null, "*")]
    [InlineData("features.conv1.weight", new long[] { 1 }, "It has features.conv1.weight, which*")]
    [InlineData("classifier.weight", new long[] { long.MaxValue, 1024 }, "classifier.weight has the shape*")]
    [InlineData("features.denseblock1.denselayer1.conv2.weight", new long[] { 0, 128, 3, 3 }, "*which no DenseNet has.")]
    public void What_is_no_DenseNet_is_turned_down_with_the_reason(string key, long[]? shape, string reason)
    {
        var shapes = Shapes(DenseNetSpec.Densenet121);
        shapes.Remove(key);
        if (shape is not null)
        {
            shapes[key] = shape;
        }

        DenseNetShapes.TryInfer(shapes, out var spec, out var actual).Should().BeFalse();
        spec.Should().BeNull();
        actual.Should().Match(reason);
    }

    [Fact]
    public void More_channels_than_can_be_counted_are_turned_down()
    {
        var shapes = Shapes(DenseNetSpec.Densenet121);
        for (var layer = 1; layer <= 5000; layer++)
        {
            shapes[$"features.denseblock1.denselayer{layer}.conv1.weight"] = [1 << 20, 64, 1, 1];
            shapes[$"features.denseblock1.denselayer{layer}.conv2.weight"] = [1 << 20, 64, 1, 1];
        }

        DenseNetShapes.TryInfer(shapes, out _, out var reason).Should().BeFalse();
        reason.Should().Contain("more channels");
    }

    private static DenseNetSpec Infer(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes)
    {
        DenseNetShapes.TryInfer(shapes, out var spec, out var reason).Should().BeTrue(reason);
        return spec!;
    }

    private static Dictionary<string, IReadOnlyList<long>> Shapes(DenseNetSpec spec) =>
        spec.StateDict.ToDictionary(entry => entry.Name, entry => entry.Shape);
}

[Collection(TorchFilesCollection.Name)]
public sealed class DenseNetShapesOfFilesTests(TorchFiles files)
{
    [SkippableTheory]
    [InlineData("densenet121.zip.pth", "densenet121")]
    [InlineData("densenet121.official.pth", "densenet121")]
    [InlineData("densenet161.official.pth", "densenet161")]
    [InlineData("densenet169.official.pth", "densenet169")]
    [InlineData("densenet201.official.pth", "densenet201")]
    public void A_file_is_recognised_as_the_network_that_PyTorch_saved(string name, string architecture)
    {
        using var checkpoint = files.Open(name);

        DenseNetShapes.TryInfer(checkpoint, out var spec, out var reason).Should().BeTrue(reason);

        spec.Should().Be(DenseNetArchitectures.Get(architecture));
    }

    [SkippableTheory]
    [InlineData("small.python2.pth")]
    [InlineData("prefixed.zip.pth")]
    [InlineData("wrapped.legacy.pth")]
    public void Prefixes_wrappers_and_old_names_do_not_hide_a_network(string name)
    {
        using var checkpoint = files.Open(name);

        DenseNetShapes.TryInfer(checkpoint, out var spec, out var reason).Should().BeTrue(reason);

        spec.Should().Be(new DenseNetSpec
        {
            GrowthRate = 4,
            BlockConfig = [2, 3],
            InitFeatures = 6,
            BottleneckSize = 2,
            NumClasses = 5,
        });
    }

    [SkippableTheory]
    [InlineData("dtypes.zip.pth")]
    [InlineData("parameters.zip.pth")]
    public void A_file_of_something_else_is_not(string name)
    {
        using var checkpoint = files.Open(name);

        DenseNetShapes.TryInfer(checkpoint, out _, out var reason).Should().BeFalse();
        reason.Should().StartWith("It has no ");
    }
}
