using System.Text.RegularExpressions;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Tests.Weights;

public sealed class PretrainedWeightsCatalogTests
{
    [SkippableTheory]
    [InlineData("densenet121")]
    [InlineData("densenet161")]
    [InlineData("densenet169")]
    [InlineData("densenet201")]
    public void An_entry_says_what_torchvision_says(string architecture)
    {
        var expected = TorchvisionReference.Ask().Weights[architecture];

        var weights = PretrainedWeightsCatalog.Get(architecture);

        weights.Name.Should().Be(expected.Name);
        weights.Url.ToString().Should().Be(expected.Url);
        weights.FileName.Should().Be(Path.GetFileName(expected.Url));
        // PyTorch's own rule for the hash in a file's name, torch.hub.HASH_REGEX.
        weights.Sha256Prefix.Should().Be(Regex.Match(expected.Url, @"-([a-f0-9]*)\.").Groups[1].Value);
        weights.ParameterCount.Should().Be(expected.Parameters);
        weights.Top1Accuracy.Should().Be(expected.Top1);
        weights.Top5Accuracy.Should().Be(expected.Top5);
        weights.Architecture.MinimumInputSize.Should().Be(expected.SmallestInput);
    }

    [Fact]
    public void An_entry_agrees_with_its_architecture()
    {
        foreach (var weights in PretrainedWeightsCatalog.All)
        {
            weights.ParameterCount.Should().Be(weights.Architecture.ParameterCount);
            weights.NumClasses.Should().Be(weights.Architecture.NumClasses);
            (weights.Architecture.MultiplyAddCount(224, 224) / 1e9).Should().BeApproximately(weights.GigaMultiplyAdds, 0.0005);
        }
    }

    [Fact]
    public void Weights_are_found_by_their_name_and_by_their_architecture_whatever_the_case()
    {
        var weights = PretrainedWeightsCatalog.Get("densenet169");

        PretrainedWeightsCatalog.Get("DenseNet169").Should().BeSameAs(weights);
        PretrainedWeightsCatalog.Get("densenet169_weights.imagenet1k_v1").Should().BeSameAs(weights);
        PretrainedWeightsCatalog.TryGet("resnet50", out _).Should().BeFalse();
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var get = () => PretrainedWeightsCatalog.Get("resnet50");

        get.Should().Throw<ArgumentException>().WithMessage("*'resnet50'*DenseNet121_Weights.IMAGENET1K_V1*");
    }
}
