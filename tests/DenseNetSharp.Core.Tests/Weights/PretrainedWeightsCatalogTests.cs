using System.Text.RegularExpressions;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights;

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
        weights.ArchitectureName.Should().Be(architecture);
        weights.Url.ToString().Should().Be(expected.Url);
        weights.FileName.Should().Be(Path.GetFileName(expected.Url));
        // PyTorch's own rule for the hash in a file's name, torch.hub.HASH_REGEX.
        weights.Sha256Prefix.Should().Be(Regex.Match(expected.Url, @"-([a-f0-9]*)\.").Groups[1].Value);
        weights.ParameterCount.Should().Be(expected.Parameters);
        weights.Top1Accuracy.Should().Be(expected.Top1);
        weights.Top5Accuracy.Should().Be(expected.Top5);
        weights.Preset.Should().Be(ImagePreset.TorchvisionImageNet);
        weights.RequireArchitecture().MinimumInputSize.Should().Be(expected.SmallestInput);
        (weights.RequireArchitecture().MultiplyAddCount(224, 224) / 1e9).Should().BeApproximately(weights.GigaMultiplyAdds, 0.0005);
    }

    // timm's results-imagenet.csv and model cards.
    [Theory]
    [InlineData("densenet121.ra_in1k", 7.98, 2.87, 32.3, 75.574, 92.648, 76.486, 93.378)]
    [InlineData("densenetblur121d.ra_in1k", 8.00, 3.11, 32.4, 76.574, 93.188, 77.320, 93.796)]
    [InlineData("densenet121.tv_in1k", 7.98, 2.87, 32.3, 74.750, 92.158)]
    [InlineData("densenet169.tv_in1k", 14.15, 3.40, 57.4, 75.922, 92.976)]
    [InlineData("densenet201.tv_in1k", 20.01, 4.34, 81.1, 77.284, 93.480)]
    [InlineData("densenet161.tv_in1k", 28.68, 7.79, 116, 77.384, 93.656)]
    public void An_entry_says_what_timm_says(
        string name, double millions, double gigaMultiplyAdds, double megabytes, double top1, double top5,
        double top1At288 = 0, double top5At288 = 0)
    {
        var weights = PretrainedWeightsCatalog.Get(name);

        weights.Name.Should().Be(name);
        weights.Url.ToString().Should().Be($"https://huggingface.co/timm/{name}/resolve/main/model.safetensors");
        weights.HuggingFaceId.Should().Be($"timm/{name}");
        Math.Round(weights.ParameterCount / 1e6, 2).Should().Be(millions);
        weights.GigaMultiplyAdds.Should().Be(gigaMultiplyAdds);
        (weights.SizeInMebibytes * 1024 * 1024 / 1e6).Should().BeApproximately(megabytes, 1e-9);
        // float32 values, and little else.
        (weights.ParameterCount * 4 / 1e6).Should().BeInRange(megabytes * 0.97, megabytes);
        (weights.Top1Accuracy, weights.Top5Accuracy, weights.Preset).Should().Be((top1, top5, ImagePreset.Timm224));
        weights.Accuracies.Skip(1).Should().Equal(
            top1At288 == 0 ? [] : [new WeightsAccuracy(ImagePreset.Timm288, top1At288, top5At288)]);
    }

    [Fact]
    public void Timms_presets_are_bicubic_and_resize_to_the_crop_over_its_share()
    {
        foreach (var (preset, crop, share) in new[] { (ImagePreset.Timm224, 224, 0.875), (ImagePreset.Timm288, 288, 0.95) })
        {
            preset.Should().Be(ImagePreset.TorchvisionImageNet with
            {
                Name = $"timm-{crop}",
                Interpolation = Resampling.Bicubic,
                ResizeSize = (int)Math.Floor(crop / share),
                CropSize = crop,
            });
        }
    }

    [Fact]
    public void An_entry_agrees_with_its_architecture()
    {
        foreach (var weights in PretrainedWeightsCatalog.All.Where(entry => entry.Architecture is not null))
        {
            weights.ArchitectureName.Should().Be(weights.Architecture!.Name);
            weights.ParameterCount.Should().Be(weights.Architecture.ParameterCount);
            weights.NumClasses.Should().Be(weights.Architecture.NumClasses);
        }
    }

    [Fact]
    public void Densenetblur121d_has_the_parameters_of_densenet121_with_the_deep_stem()
    {
        const int Stem = (3 * 64 * 7 * 7) + (2 * 64);
        const int DeepStem = (3 * 32 * 9) + (2 * 32) + (32 * 32 * 9) + (2 * 32) + (32 * 64 * 9) + (2 * 64);

        PretrainedWeightsCatalog.Get("densenetblur121d").ParameterCount
            .Should().Be(DenseNetSpec.Densenet121.ParameterCount - Stem + DeepStem);
    }

    [Fact]
    public void Names_and_files_are_unique()
    {
        PretrainedWeightsCatalog.All.SelectMany(entry => entry.Aliases.Append(entry.Name)).Should().OnlyHaveUniqueItems();
        PretrainedWeightsCatalog.All.Select(entry => entry.FileName).Should().OnlyHaveUniqueItems();
        PretrainedWeightsCatalog.All.Select(entry => entry.Url).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("DenseNet169", "DenseNet169_Weights.IMAGENET1K_V1")]
    [InlineData("DenseNet121_Weights.DEFAULT", "DenseNet121_Weights.IMAGENET1K_V1")]
    [InlineData("densenet169_weights.imagenet1k_v1", "DenseNet169_Weights.IMAGENET1K_V1")]
    [InlineData("DenseNet121.RA_in1k", "densenet121.ra_in1k")]
    [InlineData("timm/densenet121.ra_in1k", "densenet121.ra_in1k")]
    [InlineData("hf_hub:timm/densenet121.ra_in1k", "densenet121.ra_in1k")]
    [InlineData("hf-hub:timm/densenet121.ra_in1k", "densenet121.ra_in1k")]
    [InlineData("tv_densenet121", "densenet121.tv_in1k")]
    [InlineData("densenetblur121d", "densenetblur121d.ra_in1k")]
    public void Weights_are_found_by_each_of_their_names_whatever_the_case(string name, string expected)
    {
        PretrainedWeightsCatalog.Get(name).Name.Should().Be(expected);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_known_ones()
    {
        var get = () => PretrainedWeightsCatalog.Get("resnet50");

        get.Should().Throw<ArgumentException>()
            .WithMessage("*'resnet50'*DenseNet121_Weights.IMAGENET1K_V1*densenetblur121d.ra_in1k*");
        PretrainedWeightsCatalog.TryGet("resnet50", out _).Should().BeFalse();
        PretrainedWeightsCatalog.TryGet("densenet264d", out _).Should().BeFalse("nobody published weights of it");
    }

    [Fact]
    public void An_architecture_that_is_not_built_says_so()
    {
        var weights = PretrainedWeightsCatalog.Get("densenet121") with { ArchitectureName = "densenet999", Architecture = null };

        var require = weights.RequireArchitecture;

        require.Should().Throw<NotSupportedException>().WithMessage("*DenseNet121_Weights.IMAGENET1K_V1*densenet999*");
    }
}
