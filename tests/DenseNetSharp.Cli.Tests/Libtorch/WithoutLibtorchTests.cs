namespace DenseNetSharp.Cli.Tests.Libtorch;

public sealed class WithoutLibtorchTests(BareTool tool, WithoutLibtorchTests.LibraryFreeTool libraryFree)
    : IClassFixture<BareTool>, IClassFixture<WithoutLibtorchTests.LibraryFreeTool>
{
    /// <summary>The command without TorchSharp itself, so that whoever only looks at it fails.</summary>
    public sealed class LibraryFreeTool : IDisposable
    {
        public LibraryFreeTool() => File.Delete(Path.Combine(Tool.ProgramFolder, "TorchSharp.dll"));

        public BareTool Tool { get; } = new();

        public void Dispose() => Tool.Dispose();
    }

    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "shipped");

    private static string Weights => Path.Combine(Shipped, "fashion-mnist.pth");

    private static string Images => Path.Combine(Shipped, "images");

    private static string Image => Directory.EnumerateFiles(Images, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    public static TheoryData<string> WhatNeedsNone =>
    [
        "models",
        "summary",
        "inspect WEIGHTS",
        "convert WEIGHTS OUT.safetensors",
        "export OUT.onnx --weights WEIGHTS",
        "preprocess IMAGE --out OUT.safetensors",
        "classify IMAGE --weights WEIGHTS",
        "features IMAGE --weights WEIGHTS --out OUT.safetensors",
        "evaluate IMAGES --weights WEIGHTS",
        "bench --size 32",
    ];

    public static TheoryData<string> WhatNeedsIt =>
    [
        "classify IMAGE --weights WEIGHTS --engine torch",
        "features IMAGE --weights WEIGHTS --out OUT.safetensors --engine torch",
        "features IMAGE --weights WEIGHTS --out OUT.safetensors --layer features.denseblock1",
        "evaluate IMAGES --weights WEIGHTS --engine torch",
        "finetune IMAGES --out OUT --weights none",
        "bench --size 32 --engine torch",
    ];

    [Theory]
    [MemberData(nameof(WhatNeedsNone))]
    public void What_needs_no_libtorch_does_its_work_without_and_loads_no_TorchSharp(string command)
    {
        var run = libraryFree.Tool.Run(Arguments(command));

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(WhatNeedsIt))]
    public void What_needs_libtorch_says_how_to_get_it_and_copies_nothing(string command)
    {
        var run = tool.Run(Arguments(command));

        run.Status.Should().Be(1);
        run.ErrorLines[^1].Should().Be("densenet: this needs libtorch, which the tool comes without; `densenet setup-torch` brings it (once).");
        run.Output.Should().BeEmpty();
        Directory.EnumerateDirectories(tool.ProgramFolder).Should().BeEmpty("TorchSharp's own loader would have put libtorch there");
    }

    private string[] Arguments(string command) => command.Split(' ').Select(word => word switch
    {
        "WEIGHTS" => Weights,
        "IMAGE" => Image,
        "IMAGES" => Images,
        _ => word.StartsWith("OUT", StringComparison.Ordinal) ? tool[word] : word,
    }).ToArray();
}
