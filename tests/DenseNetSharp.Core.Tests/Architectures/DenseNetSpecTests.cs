using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Architectures;

public sealed class DenseNetSpecTests
{
    private static readonly DenseNetSpec[] _odd =
    [
        new() { GrowthRate = 4, BlockConfig = [2], InitFeatures = 6, BottleneckSize = 2, NumClasses = 5 },
        new() { GrowthRate = 3, BlockConfig = [1, 2], InitFeatures = 5, BottleneckSize = 1, NumClasses = 1 },
        new() { GrowthRate = 5, BlockConfig = [2, 1, 3], InitFeatures = 7, BottleneckSize = 3, NumClasses = 11 },
        new() { GrowthRate = 2, BlockConfig = [1, 1, 1, 1, 1], InitFeatures = 9, BottleneckSize = 4, NumClasses = 2 },
    ];

    [SkippableTheory]
    [InlineData("densenet121")]
    [InlineData("densenet161")]
    [InlineData("densenet169")]
    [InlineData("densenet201")]
    public void A_named_network_has_everything_that_torchvisions_has(string name) =>
        ShouldEqual(DenseNetArchitectures.Get(name), TorchvisionReference.Ask().Named[name]);

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_network_of_another_size_has_everything_that_torchvisions_has(int index) =>
        ShouldEqual(_odd[index], TorchvisionReference.Ask().Odd[index]);

    [Theory]
    [InlineData("densenet121", 727, 7_978_856, 1024, 2.834)]
    [InlineData("densenet169", 1015, 14_149_480, 1664, 3.36)]
    [InlineData("densenet201", 1207, 20_013_928, 1920, 4.291)]
    [InlineData("densenet161", 967, 28_681_000, 2208, 7.728)]
    public void Keys_parameters_features_and_multiply_adds_are_the_published_ones(
        string name, int keys, long parameters, int features, double gigaMultiplyAdds)
    {
        var spec = DenseNetArchitectures.Get(name);

        spec.StateDict.Should().HaveCount(keys);
        spec.ParameterCount.Should().Be(parameters);
        spec.FeatureCount.Should().Be(features);
        (spec.MultiplyAddCount(224, 224) / 1e9).Should().BeApproximately(gigaMultiplyAdds, 0.0005);
        spec.MinimumInputSize.Should().Be(29);
    }

    [Fact]
    public void Specs_of_the_same_values_are_equal_and_others_are_not()
    {
        var spec = new DenseNetSpec { Name = "densenet121", BlockConfig = new List<int> { 6, 12, 24, 16 } };

        spec.Should().Be(DenseNetSpec.Densenet121);
        spec.GetHashCode().Should().Be(DenseNetSpec.Densenet121.GetHashCode());
        (spec with { BlockConfig = [6, 12, 24] }).Should().NotBe(spec);
        (spec with { NumClasses = 10 }).Should().NotBe(spec);
    }

    [Fact]
    public void A_list_of_blocks_is_copied()
    {
        int[] blocks = [2, 2];
        var spec = new DenseNetSpec { BlockConfig = blocks };
        blocks[0] = 9;

        spec.BlockConfig.Should().Equal(2, 2);
    }

    [Fact]
    public void Impossible_values_are_refused_by_name()
    {
        Refuse(new() { GrowthRate = 0 }, "DenseNetSpec.GrowthRate is 0; it must be at least 1.");
        Refuse(new() { InitFeatures = -1 }, "DenseNetSpec.InitFeatures is -1; it must be at least 1.");
        Refuse(new() { BottleneckSize = -1 }, "DenseNetSpec.BottleneckSize is -1; it must be at least 1, or 0 for layers without bottlenecks.");
        Refuse(new() { NumClasses = -1 }, "DenseNetSpec.NumClasses is -1; it must be at least 1, or 0 for no classifier.");
        Refuse(new() { InputChannels = 0 }, "DenseNetSpec.InputChannels is 0; it must be at least 1.");
        Refuse(new() { BlockConfig = [] }, "DenseNetSpec.BlockConfig has 0 blocks; a DenseNet has 1 to 16.");
        Refuse(new() { BlockConfig = [3, 0] }, "DenseNetSpec.BlockConfig[1] is 0; it must be at least 1.");
        Refuse(new() { DropRate = 1.5 }, "DenseNetSpec.DropRate is 1.5; it must be between 0 and 1.");
        Refuse(new() { DropRate = double.NaN }, "DenseNetSpec.DropRate is NaN; it must be between 0 and 1.");
        Refuse(new() { BatchNormEpsilon = 0 }, "DenseNetSpec.BatchNormEpsilon is 0; it must be above 0.");
        Refuse(new() { BatchNormMomentum = -0.1 }, "DenseNetSpec.BatchNormMomentum is -0.1; it must be between 0 and 1.");
    }

    [Fact]
    public void Too_small_an_image_has_no_multiply_adds() =>
        DenseNetSpec.Densenet121.Invoking(spec => spec.MultiplyAddCount(28, 224))
            .Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var get = () => DenseNetArchitectures.Get("resnet50");

        get.Should().Throw<ArgumentException>().WithMessage(
            "*'resnet50'; known are densenet121, densenet161, densenet169, densenet201, densenet264, densenetblur121d, *densenet-bc-L-k of any depth*");
        DenseNetArchitectures.Get("DenseNet121").Should().BeSameAs(DenseNetSpec.Densenet121);
    }

    private static void ShouldEqual(DenseNetSpec spec, TorchvisionNetwork expected)
    {
        spec.StateDict.Select(entry =>
                $"{entry.Name} {entry.DataType.TorchName()} [{string.Join(", ", entry.Shape)}] {entry.Kind}")
            .Should().Equal(expected.Entries);
        spec.Modules.Select(module => $"{module.Name} {module.Kind}").Should().Equal(expected.Modules);
        spec.Modules.Select(module => $"{module.Name} {module.Version}").Should().Equal(expected.Versions);
        spec.ParameterCount.Should().Be(expected.Parameters);
        spec.FeatureCount.Should().Be(expected.Features);
        spec.MultiplyAddCount(224, 224).Should().Be(expected.MultiplyAdds);
        spec.MultiplyAddCount(97, 131).Should().Be(expected.MultiplyAddsWide);
        spec.MinimumInputSize.Should().Be(expected.SmallestInput);
    }

    private static void Refuse(DenseNetSpec spec, string message) =>
        spec.Invoking(s => s.Validate()).Should().Throw<ArgumentException>().WithMessage(message);

    [Theory]
    [InlineData(224, 224, 7, 7)]
    [InlineData(29, 29, 1, 1)]
    [InlineData(64, 50, 2, 1)]
    [InlineData(288, 303, 9, 9)]
    [InlineData(40, 97, 1, 3)]
    public void The_last_feature_maps_have_the_size_that_torchvisions_features_give(int height, int width, int mapHeight, int mapWidth)
    {
        DenseNetSpec.Densenet121.FeatureMapSize(height, width).Should().Be(new ImageSize(mapHeight, mapWidth));
        DenseNetSpec.Densenet121.Invoking(spec => spec.FeatureMapSize(28, width)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
