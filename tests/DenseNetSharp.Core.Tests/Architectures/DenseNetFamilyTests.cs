using System.Text.Json;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Architectures;

/// <summary>The family beyond torchvision: published numbers, and what may not be.</summary>
public sealed class DenseNetFamilyTests(DenseNetFamilyTests.Published published) : IClassFixture<DenseNetFamilyTests.Published>
{
    /// <summary>What Python says of a network that is written from its published description.</summary>
    public sealed record Network(string[] Entries, long Parameters, long MultiplyAdds, int Features, int Classes, double Epsilon);

    /// <summary>What describe_family.py prints.</summary>
    public sealed class Published
    {
        private readonly Lazy<Dictionary<string, Network>> _networks = new(() =>
            JsonSerializer.Deserialize<Dictionary<string, Network>>(PythonReference.Run("describe_family.py"), JsonSerializerOptions.Web)!);

        public Dictionary<string, Network> Ask()
        {
            PythonReference.Require();
            return _networks.Value;
        }
    }

    public static TheoryData<string> Names => [.. DenseNetArchitectures.All.Select(spec => spec.Name!)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_named_network_has_the_tensors_parameters_and_multiply_adds_of_its_published_description(string name)
    {
        var (spec, expected) = (DenseNetArchitectures.Get(name), published.Ask()[name]);

        spec.StateDict.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Should().Equal(expected.Entries);
        spec.ParameterCount.Should().Be(expected.Parameters);
        spec.MultiplyAddCount(48, 33).Should().Be(expected.MultiplyAdds);
        (spec.FeatureCount, spec.NumClasses, spec.BatchNormEpsilon).Should().Be((expected.Features, expected.Classes, expected.Epsilon));
    }

    [Theory]
    [InlineData("densenetblur121d", 1000, 7_998_088)]
    [InlineData("densenetblur121d", 5, 6_978_213)]
    [InlineData("densenet264d", 5, 68_723_381)]
    [InlineData("densenet121", 5, 6_958_981)]
    [InlineData("densenet-40-12", 10, 1_019_722)]
    [InlineData("densenet-100-12", 10, 6_979_642)]
    [InlineData("densenet-100-24", 10, 27_249_082)]
    [InlineData("densenet-bc-100-12", 10, 769_162)]
    [InlineData("densenet-bc-250-24", 10, 15_324_406)]
    [InlineData("densenet-bc-190-40", 10, 25_624_430)]
    public void Parameters_are_the_published_ones(string name, int classes, long parameters) =>
        (DenseNetArchitectures.Get(name) with { NumClasses = classes }).ParameterCount.Should().Be(parameters);

    [Fact]
    public void Timms_largest_has_72_74_million_parameters() =>
        (DenseNetSpec.Densenet264d.ParameterCount / 1e6).Should().BeApproximately(72.74, 0.005);

    [Theory]
    [InlineData("densenet121", "64@2 features.norm0, 256@4 features.denseblock1, 512@8 features.denseblock2, 1024@16 features.denseblock3, 1024@32 features.norm5")]
    [InlineData("densenetblur121d", "64@2 features.norm2, 256@4 features.denseblock1, 512@8 features.denseblock2, 1024@16 features.denseblock3, 1024@32 features.norm5")]
    [InlineData("densenet264d", "96@2 features.norm2, 384@4 features.denseblock1, 768@8 features.denseblock2, 3456@16 features.denseblock3, 4032@32 features.norm5")]
    [InlineData("densenet-40-12", "16@1 features.conv0, 160@1 features.denseblock1, 304@2 features.denseblock2, 448@4 features.norm5")]
    [InlineData("densenet-notebook", "64@2 features.norm0, 256@4 features.denseblock1, 512@8 features.denseblock2, 1024@16 features.denseblock3, 1024@32 features.denseblock4")]
    public void Levels_are_those_of_timms_feature_info(string name, string levels) =>
        string.Join(", ", DenseNetArchitectures.Get(name).FeatureLevels.Select(level => $"{level.Channels}@{level.Reduction} {level.Module}"))
            .Should().Be(levels);

    [Theory]
    [InlineData("DenseNet-BC-40-12", "densenet-bc-40-12")]
    [InlineData("densenet-22-8", "densenet-22-8")]
    [InlineData("densenet-41-12", null)]
    [InlineData("densenet-bc-37-12", null)]
    [InlineData("densenet-4-12", null)]
    [InlineData("densenet-40", null)]
    public void Networks_for_CIFAR_of_every_depth_have_a_name(string name, string? expected)
    {
        DenseNetArchitectures.TryGet(name, out var spec).Should().Be(expected is not null);

        spec?.Name.Should().Be(expected);
        (spec is null ? null : DenseNetSpec.FindName(spec with { Name = null, NumClasses = 3 })).Should().Be(expected);
    }

    [Fact]
    public void Heads_that_make_no_tree_of_modules_are_refused()
    {
        Refuse(["fc.0", "relu", "fc.1"], "*the layer fc.1 apart from others of fc.");
        Refuse(["fc.0", "fc"], "*the layer fc and another in it, fc.0.");
        Refuse(["fc", "fc.0"], "*the layer fc and another in it, fc.0.");
        Refuse(["features.fc"], "*named 'features.fc', which no module beside the features can be.");
        Refuse(["features"], "*named 'features'*");
        Refuse(["fc..1"], "*named 'fc..1'*");
        Refuse([""], "*named ''*");
        Spec(["head.body.0", "head.body.1", "head.out", "last"]).Invoking(spec => spec.Validate()).Should().NotThrow();

        void Refuse(string[] names, string message) =>
            Spec(names).Invoking(spec => spec.Validate()).Should().Throw<ArgumentException>().WithMessage(message);

        DenseNetSpec Spec(string[] names) => DenseNetSpec.Densenet121.WithHead(
            [.. names.Select(name => new HeadLayer { Name = name, Kind = HeadLayerKind.Linear, InFeatures = 1024, OutFeatures = 1024 })]);
    }

    [Theory]
    [InlineData("densenetblur121d", 29)]
    [InlineData("densenet-notebook", 29)]
    [InlineData("densenet-40-12", 4)]
    public void The_smallest_image_leaves_one_pixel(string name, int size)
    {
        var spec = DenseNetArchitectures.Get(name);

        spec.MinimumInputSize.Should().Be(size);
        spec.FeatureMapSize(size, size).Should().Be(new ImageSize(1, 1));
    }
}
