using System.Diagnostics.CodeAnalysis;
using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Weights;

/// <summary>The pretrained weights that this library knows, all trained on ImageNet: torchvision's and timm's.</summary>
public static class PretrainedWeightsCatalog
{
    private const string TorchvisionRecipe = "https://github.com/pytorch/vision/pull/116 (ported from LuaTorch)";

    private const string RandAugmentRecipe =
        "timm's RandAugment recipe, related to recipe B of \"ResNet Strikes Back\" (https://arxiv.org/abs/2110.00476)";

    /// <summary>torchvision's <c>DenseNet121_Weights.IMAGENET1K_V1</c>: 74.434% top-1.</summary>
    public static PretrainedWeights Densenet121 { get; } =
        Torchvision(DenseNetSpec.Densenet121, "a639ec97", 30.845, 7_978_856, 2.834, 74.434, 91.972);

    /// <summary>torchvision's <c>DenseNet161_Weights.IMAGENET1K_V1</c>: 77.138% top-1.</summary>
    public static PretrainedWeights Densenet161 { get; } =
        Torchvision(DenseNetSpec.Densenet161, "8d451a50", 110.369, 28_681_000, 7.728, 77.138, 93.560);

    /// <summary>torchvision's <c>DenseNet169_Weights.IMAGENET1K_V1</c>: 75.600% top-1.</summary>
    public static PretrainedWeights Densenet169 { get; } =
        Torchvision(DenseNetSpec.Densenet169, "b2777c0a", 54.708, 14_149_480, 3.36, 75.600, 92.806);

    /// <summary>torchvision's <c>DenseNet201_Weights.IMAGENET1K_V1</c>: 76.896% top-1.</summary>
    public static PretrainedWeights Densenet201 { get; } =
        Torchvision(DenseNetSpec.Densenet201, "c1103571", 77.373, 20_013_928, 4.291, 76.896, 93.370);

    /// <summary>timm's <c>densenet121.ra_in1k</c>: 75.574% top-1 at 224x224, 76.486% at 288x288.</summary>
    public static PretrainedWeights TimmDensenet121Ra { get; } =
        Timm("densenet121.ra_in1k", 32.3, 7_978_856, 2.87, [At224(75.574, 92.648), At288(76.486, 93.378)]);

    /// <summary>timm's <c>densenet121.tv_in1k</c>, torchvision's weights: 74.750% top-1 with timm's preset.</summary>
    public static PretrainedWeights TimmDensenet121Tv { get; } =
        Timm("densenet121.tv_in1k", 32.3, 7_978_856, 2.87, [At224(74.750, 92.158)]) with
        {
            Aliases = ["tv_densenet121"],
            Sha256Prefix = "c894c6d9caa317a8ca1942986dee7a16a86c77734a4d691d2abe05389cfef358",
        };

    /// <summary>timm's <c>densenet161.tv_in1k</c>, torchvision's weights: 77.384% top-1 with timm's preset.</summary>
    public static PretrainedWeights TimmDensenet161Tv { get; } =
        Timm("densenet161.tv_in1k", 116, 28_681_000, 7.79, [At224(77.384, 93.656)]);

    /// <summary>timm's <c>densenet169.tv_in1k</c>, torchvision's weights: 75.922% top-1 with timm's preset.</summary>
    public static PretrainedWeights TimmDensenet169Tv { get; } =
        Timm("densenet169.tv_in1k", 57.4, 14_149_480, 3.40, [At224(75.922, 92.976)]);

    /// <summary>timm's <c>densenet201.tv_in1k</c>, torchvision's weights: 77.284% top-1 with timm's preset.</summary>
    public static PretrainedWeights TimmDensenet201Tv { get; } =
        Timm("densenet201.tv_in1k", 81.1, 20_013_928, 4.34, [At224(77.284, 93.480)]);

    /// <summary>timm's <c>densenetblur121d.ra_in1k</c>: 76.574% top-1 at 224x224, 77.320% at 288x288.</summary>
    public static PretrainedWeights TimmDensenetblur121dRa { get; } =
        Timm("densenetblur121d.ra_in1k", 32.4, 7_998_088, 3.11, [At224(76.574, 93.188), At288(77.320, 93.796)]) with
        {
            Sha256Prefix = "4716c50991d45c514a6520877e77f3d795694a134fffd6785654240b559e6ca8",
        };

    /// <summary>
    /// Every entry, an architecture's default first. Numbers are the publishers' own: <c>torchvision/models/densenet.py</c>,
    /// and timm's <c>results-imagenet.csv</c> and model cards.
    /// </summary>
    public static IReadOnlyList<PretrainedWeights> All { get; } =
    [
        Densenet121, Densenet161, Densenet169, Densenet201, TimmDensenet121Ra, TimmDensenet121Tv, TimmDensenet161Tv, TimmDensenet169Tv,
        TimmDensenet201Tv, TimmDensenetblur121dRa,
    ];

    /// <summary>Finds weights by name or by their architecture's, whatever the case.</summary>
    /// <param name="name">
    /// Such as <c>DenseNet121_Weights.IMAGENET1K_V1</c> or <c>DenseNet121_Weights.DEFAULT</c>, <c>densenet121.ra_in1k</c>, its spellings
    /// <c>timm/densenet121.ra_in1k</c> and <c>hf_hub:timm/densenet121.ra_in1k</c>, the old <c>tv_densenet121</c>, or
    /// <c>densenet121</c>.
    /// </param>
    /// <param name="weights">The weights, or null; for an architecture its first entry.</param>
    /// <returns>True if there are any.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out PretrainedWeights? weights)
    {
        ArgumentNullException.ThrowIfNull(name);
        var own = WithoutPrefix(WithoutPrefix(WithoutPrefix(name, "hf_hub:"), "hf-hub:"), "timm/");
        weights = All.FirstOrDefault(entry => Same(entry.Name, own) || entry.Aliases.Any(alias => Same(alias, own)))
            ?? All.FirstOrDefault(entry => Same(entry.ArchitectureName, name));
        return weights is not null;
    }

    /// <summary>The weights with this name, or of the architecture with this name, whatever the case.</summary>
    /// <param name="name">As for <see cref="TryGet"/>.</param>
    /// <exception cref="ArgumentException">No weights have the name; the message lists the known names.</exception>
    public static PretrainedWeights Get(string name) => TryGet(name, out var weights)
        ? weights
        : throw new ArgumentException(
            $"There are no pretrained weights named '{name}'; known are "
            + $"{string.Join(", ", All.Select(entry => entry.Name))}.",
            nameof(name));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string WithoutPrefix(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : name;

    private static WeightsAccuracy At224(double top1, double top5) => new(ImagePreset.Timm224, top1, top5);

    private static WeightsAccuracy At288(double top1, double top5) => new(ImagePreset.Timm288, top1, top5);

    private static PretrainedWeights Torchvision(
        DenseNetSpec architecture,
        string sha256Prefix,
        double mebibytes,
        long parameters,
        double gigaMultiplyAdds,
        double top1,
        double top5) => new()
        {
            Name = $"DenseNet{architecture.Name!["densenet".Length..]}_Weights.IMAGENET1K_V1",
            Aliases = [$"DenseNet{architecture.Name["densenet".Length..]}_Weights.DEFAULT"],
            ArchitectureName = architecture.Name,
            Architecture = architecture,
            Url = new Uri($"https://download.pytorch.org/models/{architecture.Name}-{sha256Prefix}.pth"),
            Sha256Prefix = sha256Prefix,
            SizeInMebibytes = mebibytes,
            ParameterCount = parameters,
            GigaMultiplyAdds = gigaMultiplyAdds,
            Accuracies = [new WeightsAccuracy(ImagePreset.TorchvisionImageNet, top1, top5)],
            Categories = ImageNetLabels.Names,
            Recipe = TorchvisionRecipe,
            License = "torchvision's BSD-3-Clause; trained on ImageNet, whose own terms apply",
        };

    private static PretrainedWeights Timm(
        string name, double megabytes, long parameters, double gigaMultiplyAdds, WeightsAccuracy[] accuracies)
    {
        var architecture = name[..name.IndexOf('.', StringComparison.Ordinal)];
        return new()
        {
            Name = name,
            ArchitectureName = architecture,
            Architecture = DenseNetArchitectures.TryGet(architecture, out var spec) ? spec : null,
            Url = new Uri($"https://huggingface.co/timm/{name}/resolve/main/model.safetensors"),
            HuggingFaceId = $"timm/{name}",
            // Every repository calls its file model.safetensors; in PyTorch's cache they lie side by side.
            FileName = $"{name}.safetensors",
            SizeInMebibytes = megabytes * 1e6 / (1 << 20),
            ParameterCount = parameters,
            GigaMultiplyAdds = gigaMultiplyAdds,
            Accuracies = accuracies,
            Categories = ImageNetLabels.Names,
            Recipe = name.EndsWith(".ra_in1k", StringComparison.Ordinal)
                ? RandAugmentRecipe
                : $"torchvision's original weights: {TorchvisionRecipe}",
            License = $"the terms published at https://huggingface.co/timm/{name}; trained on ImageNet, whose own terms apply",
        };
    }
}
