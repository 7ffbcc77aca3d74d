using System.Diagnostics.CodeAnalysis;
using DenseNetSharp.Architectures;

namespace DenseNetSharp.Weights;

/// <summary>The pretrained weights that this library knows: torchvision's, trained on ImageNet.</summary>
public static class PretrainedWeightsCatalog
{
    /// <summary>Every entry. Numbers are torchvision's own (<c>torchvision/models/densenet.py</c>).</summary>
    public static IReadOnlyList<PretrainedWeights> All { get; } =
    [
        Torchvision(DenseNetSpec.Densenet121, "a639ec97", 30.845, 7_978_856, 2.834, 74.434, 91.972),
        Torchvision(DenseNetSpec.Densenet161, "8d451a50", 110.369, 28_681_000, 7.728, 77.138, 93.560),
        Torchvision(DenseNetSpec.Densenet169, "b2777c0a", 54.708, 14_149_480, 3.36, 75.600, 92.806),
        Torchvision(DenseNetSpec.Densenet201, "c1103571", 77.373, 20_013_928, 4.291, 76.896, 93.370),
    ];

    /// <summary>Finds weights by their own name or by their architecture's, whatever the case.</summary>
    /// <param name="name">Such as <c>DenseNet121_Weights.IMAGENET1K_V1</c> or <c>densenet121</c>.</param>
    /// <param name="weights">The weights, or null; for an architecture its first entry.</param>
    /// <returns>True if there are any.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out PretrainedWeights? weights)
    {
        weights = All.FirstOrDefault(entry => Same(entry.Name, name))
            ?? All.FirstOrDefault(entry => Same(entry.Architecture.Name, name));
        return weights is not null;
    }

    /// <summary>The weights with this name, or of the architecture with this name, whatever the case.</summary>
    /// <param name="name">Such as <c>DenseNet121_Weights.IMAGENET1K_V1</c> or <c>densenet121</c>.</param>
    /// <exception cref="ArgumentException">There are none; the message lists the known names.</exception>
    public static PretrainedWeights Get(string name) => TryGet(name, out var weights)
        ? weights
        : throw new ArgumentException(
            $"There are no pretrained weights named '{name}'; known are "
            + $"{string.Join(", ", All.Select(entry => entry.Name))}.",
            nameof(name));

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

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
            Architecture = architecture,
            Url = new Uri($"https://download.pytorch.org/models/{architecture.Name}-{sha256Prefix}.pth"),
            Sha256Prefix = sha256Prefix,
            SizeInMebibytes = mebibytes,
            ParameterCount = parameters,
            GigaMultiplyAdds = gigaMultiplyAdds,
            Top1Accuracy = top1,
            Top5Accuracy = top5,
            Categories = ImageNetLabels.Names,
            Recipe = "https://github.com/pytorch/vision/pull/116 (ported from LuaTorch)",
            License = "torchvision's BSD-3-Clause; trained on ImageNet, whose own terms apply",
        };
}
