using System.Security.Cryptography;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Testing;

/// <summary>Pretrained weights of a test's own, of three classes, whose file lies in a folder that serves as the cache.</summary>
public static class SmallWeights
{
    /// <summary>Describes a file.</summary>
    /// <param name="spec">The network, of three classes.</param>
    /// <param name="preset">How its images are prepared.</param>
    /// <param name="file">The checkpoint.</param>
    public static PretrainedWeights Of(DenseNetSpec spec, ImagePreset preset, string file) => new()
    {
        Name = "small",
        ArchitectureName = "small",
        Architecture = spec,
        Url = new Uri($"https://example.invalid/{Path.GetFileName(file)}"),
        Sha256Prefix = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))),
        Accuracies = [new WeightsAccuracy(preset, 50, 90)],
        Categories = ["cat", "dog", "horse"],
        Recipe = "none",
        License = "none",
    };
}
