using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using SkiaSharp;

namespace DenseNetSharp.Docs.Tests;

/// <summary>The files that the snippets name, as a reader has them, but small; and what stands in for pretrained weights (<see
/// cref="WithoutPretrainedWeights"/>).</summary>
public sealed class ReaderFiles : IDisposable
{
    private static readonly string[] Flowers = ["daisy", "rose", "tulip"];
    private static readonly string[] Findings = ["Effusion", "Mass", "Nodule"];

    private readonly TemporaryFolder _folder = new();

    public ReaderFiles()
    {
        WriteImages();
        WriteTable();
        WriteCheckpoints();
    }

    /// <summary>PyTorch's cache for the snippets (<c>TORCH_HOME</c>).</summary>
    public string Cache => _folder.File("cache");

    /// <summary>The snippet with random weights, which are in the files and in the cache, where it has pretrained ones. torchvision's are
    /// known by their hash, so that none can take their name.</summary>
    public static string WithoutPretrainedWeights(string code) => code
        .Replace("Factory.Densenet121(pretrained: true", "Factory.FromCheckpoint(\"small.pth\"", StringComparison.Ordinal)
        .Replace("PretrainedWeightsCatalog.Densenet121", "PretrainedWeightsCatalog.TimmDensenet121Ra", StringComparison.Ordinal);

    /// <summary>Copies those of the files and folders whose names a snippet has after a quotation mark, unless it is to make them.</summary>
    public void CopyNamed(string code, string folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(Files))
        {
            var name = Path.GetFileName(path);
            var target = Path.Combine(folder, name);
            if (!code.Contains($"\"{name}", StringComparison.Ordinal) || code.Contains($"Folder = \"{name}\"", StringComparison.Ordinal))
            {
                continue;
            }

            if (File.Exists(path))
            {
                File.Copy(path, target);
                continue;
            }

            foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(target, Path.GetRelativePath(path, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }

    /// <summary>A photo as a JPEG file.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="seed">Decides what it shows.</param>
    /// <param name="quality">JPEG's quality.</param>
    public static byte[] Jpeg(int width, int height, int seed, int quality = 90)
    {
        var image = Picture(width, height, seed);
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Pixels = [.. image.Pixels.Chunk(3).Select(rgb => new SKColor(rgb[0], rgb[1], rgb[2]))];
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return encoded.ToArray();
    }

    public void Dispose() => _folder.Dispose();

    private string Files => _folder.File("files");

    private string PathOf(params string[] names)
    {
        var path = Path.Combine([Files, .. names]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private void WriteImages()
    {
        Picture(75, 60, seed: 2).SavePng(PathOf("dog.png"));
        File.WriteAllBytes(PathOf("dog.jpg"), Jpeg(75, 60, seed: 1));
        RgbImage.FromGray(48, 40, Picture(48, 40, seed: 3).ToGray()).SavePng(PathOf("scan.png"));
        for (var i = 0; i < 3; i++)
        {
            Picture(60, 45, seed: i).SavePng(PathOf("photos", $"{i}.png"));
        }

        File.WriteAllText(PathOf("photos", "broken.png"), "no image");
        foreach (var (seed, flower) in Flowers.Index())
        {
            for (var i = 0; i < 4; i++)
            {
                Picture(40, 40, (10 * seed) + i).SavePng(PathOf("flowers", flower, $"{i}.png"));
            }
        }
    }

    private void WriteTable()
    {
        string[] found = ["No Finding", "Effusion", "Effusion|Mass", "Mass", "Nodule"];
        found = [.. found, .. found];
        for (var i = 0; i < found.Length; i++)
        {
            RgbImage.FromGray(40, 40, Picture(40, 40, seed: i).ToGray()).SavePng(PathOf("findings", $"{i}.png"));
        }

        var rows = found.Select((labels, i) => $"findings/{i}.png,{labels}");
        File.WriteAllLines(PathOf("findings.csv"), ["Image,Finding Labels", .. rows]);
        WriteTableOfPatients();
    }

    private void WriteTableOfPatients()
    {
        var rows = new List<string> { "Path,Sex,Edema,Mass" };
        for (var i = 0; i < 12; i++)
        {
            var path = $"train/patient{i / 2}/study1/view{i}.png";
            RgbImage.FromGray(40, 40, Picture(40, 40, seed: i).ToGray()).SavePng(PathOf(path.Split('/')));
            rows.Add($"{path},Female,{(i % 5 == 0 ? "-1.0" : "1.0")},{(i % 3 == 0 ? "" : "0.0")}");
        }

        File.WriteAllLines(PathOf("train.csv"), rows);
    }

    private void WriteCheckpoints()
    {
        var flowers = DenseNetSpec.Densenet121 with { NumClasses = Flowers.Length };
        Save(PathOf("run", "best.pth"), flowers);
        Describe(flowers, Flowers).Save(PathOf("run", RunDescription.FileName));
        Save(PathOf("run-2", "best.pth"), flowers);
        Describe(flowers, Flowers).Save(PathOf("run-2", RunDescription.FileName));
        Save(PathOf("densenet121-a639ec97.pth"), DenseNetSpec.Densenet121);
        Save(PathOf("other.pth"), flowers);

        var small = new DenseNetSpec { GrowthRate = 8, BlockConfig = [2, 2, 2, 2], InitFeatures = 16 };
        Save(PathOf("small.pth"), small);
        Save(PathOf("any.pth"), small with { BlockConfig = [2, 2], NumClasses = 4 });
        Save(PathOf("xray.pth"), small with { BlockConfig = [2, 2], InputChannels = 1, NumClasses = Findings.Length });

        Directory.CreateDirectory(Path.Combine(Cache, "hub", "checkpoints"));
        Save(Path.Combine(Cache, "hub", "checkpoints", "densenet121.ra_in1k.safetensors"), DenseNetSpec.Densenet121);
    }

    private static void Save(string path, DenseNetSpec spec)
    {
        using var checkpoint = RandomNetwork.Create(spec);
        checkpoint.Save(path);
    }

    private static RunDescription Describe(DenseNetSpec spec, string[] classes) =>
        new() { Architecture = spec.Name, ClassNames = classes, Preset = ImagePreset.TorchvisionImageNet };

    /// <summary>Waves of colour.</summary>
    private static RgbImage Picture(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, channel) = (i / 3 % width, i / 3 / width, i % 3);
            pixels[i] = (byte)(127.5 * (1 + Math.Sin(((x * (channel + 1)) + (y * (seed + 2))) * 0.05)));
        }

        return new RgbImage(width, height, pixels);
    }
}
