using System.Diagnostics;
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
        var root = RepositoryRoot();
        var shipped = Path.Combine(root, "samples", "FashionMnist", "shipped");
        var folder = Directory.CreateTempSubdirectory("densenetsharp-").FullName;
        try
        {
            Publish(Path.Combine(root, "samples", "FusedClassify"), folder);
            var program = Path.Combine(folder, "out", "FusedClassify");
            Directory.GetFiles(Path.GetDirectoryName(program)!).Should().Equal(program);

            var (status, output) = Run(
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

    private static void Publish(string project, string folder)
    {
        // An output folder of its own, for the tests' may be in use.
        var (status, output) = Run("dotnet",
        [
            "publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "-m:1", "-o", Path.Combine(folder, "out"),
            "-p:PublishTrimmed=true", "-p:PublishSingleFile=true", "-p:DebugType=none", "-p:RunAnalyzers=false",
            "-p:PublishDocumentationFile=false", "-p:PublishReferencesDocumentationFiles=false",
            $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}", "--disable-build-servers",
        ]);
        Skip.If(
            status != 0 && (output.Contains("NU1101") || output.Contains("NU1102") || output.Contains("NU1301")),
            "the runtime pack for linux-x64 does not restore from this machine's package sources");
        status.Should().Be(0, output);
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

    internal static (int Status, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What `dotnet test` sets for its own processes is not meant for this one.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DenseNetSharp.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder;
    }
}
