using System.Diagnostics;
using System.IO.Compression;

namespace DenseNetSharp.Cli.Tests;

/// <summary>The packages as <c>dotnet pack</c> makes them of what is built.</summary>
public sealed class PackageTests
{
    [SkippableFact]
    public void The_tools_package_is_small_and_has_no_native_library()
    {
        using var folder = new TemporaryFolder();

        Pack("DenseNetSharp.Cli", folder);

        var package = Directory.EnumerateFiles(folder.Path).Should().ContainSingle().Subject;
        new FileInfo(package).Length.Should().BeLessThan(5_000_000);
        var files = Directory.CreateDirectory(folder.File("unpacked")).FullName;
        ZipFile.ExtractToDirectory(package, files);
        var tool = Path.Combine(files, "tools", "net10.0", "any");
        Directory.EnumerateFiles(tool).Select(Path.GetFileName).Should()
            .Contain(["densenet.dll", "TorchSharp.dll", "DenseNetSharp.dll", "DenseNetSharp.Inference.dll", "DenseNetSharp.Hdf5.dll", "PureHDF.dll"]);
        Directory.EnumerateFiles(tool).Select(Path.GetExtension).Distinct().Should().BeEquivalentTo(".dll", ".json", ".xml");
        Directory.EnumerateFiles(tool, "*.xml").Select(Path.GetFileName).Should().Equal("DotnetToolSettings.xml");
        Directory.EnumerateDirectories(tool).Should().BeEmpty();
        Densenet.RunProgram(Path.Combine(tool, "densenet.dll"), [], "models").Status.Should().Be(0);
    }

    [SkippableFact]
    public void The_librarys_package_has_its_build_step_and_packing_it_says_the_oldest_TorchSharp()
    {
        using var folder = new TemporaryFolder();

        var output = Pack("DenseNetSharp", folder);

        var version = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);
        output.Should().Contain($"DenseNetSharp: packed against TorchSharp {version}, the oldest its users can have");
        using var package = ZipFile.OpenRead(Directory.EnumerateFiles(folder.Path, "*.nupkg").Single());
        package.Entries.Select(entry => entry.FullName).Should().Contain(
            ["lib/net10.0/DenseNetSharp.dll", "buildTransitive/DenseNetSharp.targets", "buildTransitive/tasks/DenseNetSharp.Build.dll"]);
        using var description = new StreamReader(package.GetEntry("DenseNetSharp.nuspec")!.Open());
        description.ReadToEnd().Should().Contain($"""<dependency id="TorchSharp" version="{version}" """)
            .And.Contain("""<dependency id="DenseNetSharp.Core" """).And.NotContain("DenseNetSharp.Build");
    }

    [SkippableFact]
    public void The_package_for_HDF5_depends_on_Core_and_PureHDF()
    {
        using var folder = new TemporaryFolder();

        Pack("DenseNetSharp.Hdf5", folder);

        using var package = ZipFile.OpenRead(Directory.EnumerateFiles(folder.Path, "*.nupkg").Single());
        package.Entries.Select(entry => entry.FullName).Should().Contain(["lib/net10.0/DenseNetSharp.Hdf5.dll", "README.md", "THIRD-PARTY-NOTICES.txt"]);
        using var description = new StreamReader(package.GetEntry("DenseNetSharp.Hdf5.nuspec")!.Open());
        description.ReadToEnd().Should().Contain("""<dependency id="DenseNetSharp.Core" """).And.Contain("""<dependency id="PureHDF" """);
    }

    [SkippableFact]
    public void The_package_for_services_depends_on_the_fused_engine_and_abstractions()
    {
        using var folder = new TemporaryFolder();

        Pack("DenseNetSharp.Extensions.Hosting", folder);

        using var package = ZipFile.OpenRead(Directory.EnumerateFiles(folder.Path, "*.nupkg").Single());
        package.Entries.Select(entry => entry.FullName).Should().Contain(["lib/net10.0/DenseNetSharp.Extensions.Hosting.dll", "README.md"]);
        using var description = new StreamReader(package.GetEntry("DenseNetSharp.Extensions.Hosting.nuspec")!.Open());
        description.ReadToEnd().Should().Contain("""<dependency id="DenseNetSharp.Inference" """)
            .And.Contain("""<dependency id="Microsoft.Extensions.Hosting.Abstractions" """).And.NotContain("""id="TorchSharp""");
    }

    /// <summary>Packs what this test's own build has made; returns what is printed.</summary>
    private static string Pack(string project, TemporaryFolder folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = root.Name;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "DenseNetSharp.slnx")))
        {
            root = root.Parent;
        }

        Skip.If(root is null, "These tests do not lie in the repository.");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "pack", Path.Combine(root!.FullName, "src", project), "--no-build", "-c", configuration == "debug" ? "Debug" : "Release",
                "-o", folder.Path, "-nodeReuse:false",
            ])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = root.FullName,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, output);
        return output;
    }
}
