using System.Text.RegularExpressions;

namespace DenseNetSharp.Users.Tests;

/// <summary>The projects of <see cref="Consumers"/>: where an article or a package's readme has a whole program, it is that.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="File">The project file.</param>
/// <param name="Program">The program.</param>
internal sealed partial record Projects(string Name, string File, string Program)
{
    /// <summary>A network for predictions and one file of Keras's kind.</summary>
    private const string PredictProgram = """
        using DenseNetSharp.Checkpoints;
        using DenseNetSharp.Checkpoints.Hdf5;
        using DenseNetSharp.Classification;
        using DenseNetSharp.Inference;
        using PureHDF;

        using var checkpoint = KerasWeights.Open("run/best.pth");
        using var classifier = ImageClassifier.For(FusedDenseNet.Load(checkpoint), RunDescription.FindBeside("run/best.pth"));
        Console.WriteLine(classifier.Classify("dog.png").Best.Label);
        new H5File { ["numbers"] = new[] { 1f, 2f } }.Write("other.h5");
        try
        {
            KerasWeights.Open("other.h5").Dispose();
        }
        catch (CheckpointFormatException exception)
        {
            Console.WriteLine(exception.Message);
        }
        """;

    /// <summary>A new network, a step and a prediction.</summary>
    private const string TrainProgram = """
        using DenseNetSharp;
        using DenseNetSharp.Architectures;
        using static TorchSharp.torch;

        TorchThreads.Configure(2);
        manual_seed(1);
        using var model = new DenseNet(new DenseNetSpec { GrowthRate = 8, BlockConfig = [2, 2], InitFeatures = 8, NumClasses = 3 });
        using var optimizer = optim.SGD(model.parameters(), 0.01);
        using var images = rand(6, 3, 64, 64);
        using var classes = tensor(new long[] { 0, 1, 2, 2, 1, 0 });
        for (var step = 0; step < 2; step++)
        {
            optimizer.zero_grad();
            using var loss = nn.functional.cross_entropy(model.call(images), classes);
            loss.backward();
            optimizer.step();
            Console.WriteLine(FormattableString.Invariant($"loss {loss.item<float>():F6}"));
        }

        model.eval();
        using var gradients = no_grad();
        using var probabilities = nn.functional.softmax(model.call(images), 1);
        Console.WriteLine(FormattableString.Invariant($"{string.Join('x', probabilities.shape)} {probabilities.sum().item<float>():F4}"));
        """;

    public static Projects[] All { get; } =
    [
        new("Predict", Xml("Microsoft.NET.Sdk", "", "DenseNetSharp.Core", "DenseNetSharp.Inference", "DenseNetSharp.Hdf5"), PredictProgram),
        // TorchSharp-cpu would download libtorch for every system; of its packages this is this one's.
        new(
            "Train",
            Xml(
                "Microsoft.NET.Sdk",
                "<DenseNetSharpWeakenLibstdcxx>true</DenseNetSharpWeakenLibstdcxx>"
                + "<CreateSymbolicLinksForCopyLocalIfPossible>true</CreateSymbolicLinksForCopyLocalIfPossible>",
                "DenseNetSharp",
                "libtorch-cpu-$(NETCoreSdkPortableRuntimeIdentifier)"),
            TrainProgram),
        new(
            "Web",
            Xml(
                "Microsoft.NET.Sdk.Web",
                "",
                "DenseNetSharp.Extensions.Hosting",
                "OpenTelemetry.Exporter.OpenTelemetryProtocol",
                "OpenTelemetry.Extensions.Hosting"),
            FirstProgram("docs/hosting.md")),
        new(
            "Trimmed",
            Xml(
                "Microsoft.NET.Sdk",
                "<RuntimeIdentifier>$(NETCoreSdkPortableRuntimeIdentifier)</RuntimeIdentifier>"
                + "<SelfContained>true</SelfContained><PublishTrimmed>true</PublishTrimmed>",
                "DenseNetSharp.Inference"),
            FirstProgram("src/DenseNetSharp.Inference/README.md")),
        new(
            "Native",
            Xml(
                "Microsoft.NET.Sdk",
                "<RuntimeIdentifier>$(NETCoreSdkPortableRuntimeIdentifier)</RuntimeIdentifier>"
                + "<PublishAot>true</PublishAot><IlcInstructionSet>native</IlcInstructionSet>",
                "DenseNetSharp.Extensions.Hosting",
                "Microsoft.Extensions.Hosting"),
            FirstProgram("src/DenseNetSharp.Extensions.Hosting/README.md")),
    ];

    /// <summary>A project file; others' packages are of the version that the repository has.</summary>
    private static string Xml(string sdk, string properties, params string[] packages)
    {
        var references = packages.Select(package =>
        {
            var version = package.StartsWith("DenseNetSharp", StringComparison.Ordinal) ? "$(Ours)" : VersionOf(package);
            return $"""<PackageReference Include="{package}" Version="{version}" />""";
        });
        return $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(references)}
              </ItemGroup>
            </Project>
            """;
    }

    private static string VersionOf(string package)
    {
        var root = PublishedProgram.RepositoryRoot();
        var (file, pattern) = package.StartsWith("libtorch", StringComparison.Ordinal)
            ? (Path.Combine(root, "eng", "Torch.props"), @"<LibTorchVersion .*>(.+)</LibTorchVersion>")
            : (Path.Combine(root, "Directory.Packages.props"), $"Include=\"{Regex.Escape(package)}\" Version=\"(.+)\"");
        return Regex.Match(System.IO.File.ReadAllText(file), pattern).Groups[1].Value;
    }

    /// <summary>The first program of a document.</summary>
    private static string FirstProgram(string document) => CSharp()
        .Match(System.IO.File.ReadAllText(Path.Combine(PublishedProgram.RepositoryRoot(), document.Replace('/', Path.DirectorySeparatorChar)))).Groups[1].Value;

    [GeneratedRegex(@"^```csharp\r?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CSharp();
}
