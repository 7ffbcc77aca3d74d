using System.Globalization;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Inference.Tests;

public sealed class PublishTests
{
    private static readonly string[] Images = ["Ankle boot/00000.png", "Bag/00018.png", "Shirt/00004.png"];

    [SkippableFact]
    public void A_trimmed_self_contained_single_file_gives_torchvisions_probabilities()
    {
        PythonReference.Require();
        Skip.IfNot(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "linux-x64 only");
        var root = PublishedProgram.RepositoryRoot();
        var shipped = Path.Combine(root, "samples", "FashionMnist", "shipped");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            PublishedProgram.Publish(
                Path.Combine(root, "samples", "FusedClassify"),
                folder,
                "-p:PublishSingleFile=true",
                "-p:PublishDocumentationFile=false",
                "-p:PublishReferencesDocumentationFiles=false");
            var program = Path.Combine(folder, "out", "FusedClassify");
            Directory.GetFiles(Path.GetDirectoryName(program)!).Should().Equal(program);

            var (status, output) = PublishedProgram.Run(
                program, [Path.Combine(shipped, "fashion-mnist.pth"), .. Images.Select(image => Path.Combine(shipped, "images", image))]);

            status.Should().Be(0, output);
            var lines = output.TrimEnd().Split('\n').Select(line => line.Split('\t')).ToArray();
            var expected = Expected(shipped);
            lines.Select(line => line[1]).Should().Equal(expected.Select(line => line.Label));
            lines.Zip(expected, (line, other) => Math.Abs(double.Parse(line[2], CultureInfo.InvariantCulture) - other.Probability))
                .Max().Should().BeLessThan(1e-4);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The three most probable classes of each image, torchvision's network on Pillow's image.</summary>
    private static (string Label, double Probability)[] Expected(string shipped)
    {
        var images = string.Join(", ", Images.Select(image => $"r'{Path.Combine(shipped, "images", image)}'"));
        var output = PythonReference.RunCode($"""
            import sys
            from PIL import Image
            sys.path.insert(0, r"{Path.Combine(AppContext.BaseDirectory, "Reference")}")
            import shipped
            model, run = shipped.load(r"{shipped}")
            for path in [{images}]:
                for p, i in zip(*(v.tolist() for v in model(shipped.prepare(Image.open(path), run))[0].softmax(0).topk(3))):
                    print(run["classNames"][i], p, sep="\t")
            """);
        return [.. output.TrimEnd().Split('\n').Select(line => line.Split('\t'))
            .Select(parts => (parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture)))];
    }
}
