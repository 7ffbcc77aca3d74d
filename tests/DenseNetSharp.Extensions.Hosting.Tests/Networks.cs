using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Inference;

namespace DenseNetSharp.Extensions.Hosting.Tests;

/// <summary>Small networks, which compute in a moment, and images of theirs.</summary>
internal static class Networks
{
    /// <summary>A preset of small images.</summary>
    public const string Preset = "cifar10";

    public static DenseNetSpec Spec { get; } = new() { GrowthRate = 8, BlockConfig = [2, 2], InitFeatures = 16, NumClasses = 3 };

    /// <summary>Writes a checkpoint; another seed is another network.</summary>
    public static string Write(this TemporaryFolder folder, string name, int seed, DenseNetSpec? spec = null)
    {
        using var checkpoint = RandomNetwork.Create(spec ?? Spec, seed);
        checkpoint.Save(folder.File(name));
        return folder.File(name);
    }

    public static RgbImage Image(int seed = 1, int width = 40, int height = 36)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static byte[] Png(RgbImage image)
    {
        using var file = new MemoryStream();
        image.SavePng(file);
        return file.ToArray();
    }

    /// <summary>The scores of a checkpoint's network without any service.</summary>
    public static float[] Logits(string path, RgbImage image)
    {
        using var engine = FusedDenseNet.Load(path);
        return [.. new ImageClassifier(engine, ImagePreset.Cifar10).Classify(image).Logits];
    }
}
