using DenseNetSharp.Architectures;
using DenseNetSharp.Weights;
using TorchSharp;

namespace DenseNetSharp.Tests;

public sealed class FactoryTests
{
    [Theory]
    [InlineData("densenet121", 7_978_856)]
    [InlineData("densenet169", 14_149_480)]
    [InlineData("densenet201", 20_013_928)]
    [InlineData("densenet161", 28_681_000)]
    public void Every_network_has_torchvisions_number_of_parameters(string name, long parameters)
    {
        using var model = DenseNetFactory.Create(name);

        model.parameters().Sum(p => p.numel()).Should().Be(parameters);
        model.training.Should().BeTrue();
    }

    [Fact]
    public void The_four_methods_make_the_four_networks()
    {
        using var a = DenseNetFactory.Densenet121(numClasses: 2);
        using var b = DenseNetFactory.Densenet169(numClasses: 3);
        using var c = DenseNetFactory.Densenet201(numClasses: 4, options: new() { DropRate = 0.1 });
        using var d = DenseNetFactory.Densenet161(numClasses: 5, options: new() { MemoryEfficient = true });

        a.Spec.Should().Be(DenseNetSpec.Densenet121 with { NumClasses = 2 });
        b.Spec.Should().Be(DenseNetSpec.Densenet169 with { NumClasses = 3 });
        c.Spec.Should().Be(DenseNetSpec.Densenet201 with { NumClasses = 4, DropRate = 0.1 });
        d.Spec.Should().Be(DenseNetSpec.Densenet161 with { NumClasses = 5 });
        (a.MemoryEfficient, d.MemoryEfficient).Should().Be((false, true));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var act = () => DenseNetFactory.Create("densenet1000");

        act.Should().Throw<ArgumentException>().WithMessage("*densenet1000*densenet121*densenet161*");
    }

    [Theory]
    [InlineData("densenet121")]
    [InlineData("densenet169.tv_in1k")]
    [InlineData("hf_hub:timm/densenet201.tv_in1k")]
    [InlineData("DenseNet161_Weights.IMAGENET1K_V1")]
    public void Weights_that_are_named_are_wanted_and_so_looked_for(string name)
    {
        using var folder = new EmptyCache();

        var act = () => DenseNetFactory.Create(name, pretrained: name == "densenet121", options: new() { Download = folder.Offline });

        act.Should().Throw<PretrainedWeightsException>()
            .Which.Weights.Should().BeSameAs(PretrainedWeightsCatalog.Get(name));
    }

    [Fact]
    public void A_method_takes_weights_of_its_own_architecture_only()
    {
        using var folder = new EmptyCache();
        var weights = PretrainedWeightsCatalog.Get("densenet121.ra_in1k");

        var right = () => DenseNetFactory.Densenet121(weights: weights, options: new() { Download = folder.Offline });
        var wrong = () => DenseNetFactory.Densenet169(weights: weights, options: new() { Download = folder.Offline });

        right.Should().Throw<PretrainedWeightsException>().Which.Weights.Should().BeSameAs(weights);
        wrong.Should().Throw<ArgumentException>().WithMessage("*densenet121.ra_in1k*densenet121*densenet169*");
    }

    [Fact]
    public void Weights_of_an_architecture_that_is_not_built_say_so_before_anything_is_downloaded()
    {
        using var folder = new EmptyCache();
        var weights = PretrainedWeightsCatalog.Get("densenet121") with { ArchitectureName = "densenet999", Architecture = null };

        var act = () => DenseNetFactory.Create(weights, options: new() { Download = folder.Offline });

        act.Should().Throw<NotSupportedException>().WithMessage("*densenet999*");
    }

    [Theory]
    [InlineData(-1, 0.0)]
    [InlineData(10, 1.5)]
    public void Impossible_values_are_refused(int classes, double dropRate)
    {
        var act = () => DenseNetFactory.Densenet121(numClasses: classes, options: new() { DropRate = dropRate });

        act.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_spec_of_one_input_channel_and_two_blocks_makes_a_network()
    {
        using var model = new DenseNet(new DenseNetSpec { InputChannels = 1, BlockConfig = [2, 2], GrowthRate = 4, InitFeatures = 8, NumClasses = 3 });
        model.eval();
        using var x = torch.zeros(2, 1, model.Spec.MinimumInputSize, model.Spec.MinimumInputSize);

        using var logits = model.call(x);

        logits.shape.Should().Equal(2, 3);
    }

    /// <summary>No weights, and no network to get them from.</summary>
    private sealed class EmptyCache : IDisposable
    {
        private readonly string? _before = Environment.GetEnvironmentVariable("HF_HUB_CACHE");
        private readonly string _folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;

        public EmptyCache() => Environment.SetEnvironmentVariable("HF_HUB_CACHE", _folder);

        public WeightsDownloadOptions Offline => new() { Directory = _folder, Offline = true };

        public void Dispose()
        {
            Environment.SetEnvironmentVariable("HF_HUB_CACHE", _before);
            Directory.Delete(_folder, recursive: true);
        }
    }
}
