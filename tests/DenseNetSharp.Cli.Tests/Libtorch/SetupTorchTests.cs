using System.Security.Cryptography;
using TorchSharp;

namespace DenseNetSharp.Cli.Tests.Libtorch;

/// <summary>The packages are those that this project's own restore has put into the cache.</summary>
public sealed class SetupTorchTests : IDisposable
{
    private readonly BareTool _tool = new();

    private static string Version => typeof(torch).Assembly.GetName().Version!.ToString(3);

    private string Folder => Path.Combine(_tool.Data, "densenet", $"torch-{Version}");

    [SkippableFact]
    public void Setup_torch_brings_libtorch_and_never_writes_to_the_cache()
    {
        RequireLinux();
        var cached = Path.Combine(Natives("torchsharp", Version), "libLibTorchSharp.so");
        var before = SHA256.HashData(File.ReadAllBytes(cached));
        var environment = OfflineUser();

        var first = _tool.RunIn(environment, "setup-torch");
        var second = _tool.RunIn(environment, "setup-torch");
        var bench = _tool.Run("bench", "--engine", "torch", "--size", "32", "--json");

        first.Status.Should().Be(0, first.Errors);
        first.Output.Should().Be($"{Folder}: TorchSharp {Version} on libtorch 2.10.0\n");
        second.Status.Should().Be(0, second.Errors);
        bench.Status.Should().Be(0, bench.Errors);
        SHA256.HashData(File.ReadAllBytes(cached)).Should().Equal(before);
        Directory.EnumerateFileSystemEntries(Path.Combine(_tool.Data, "densenet")).Should().Equal([Folder], "nothing unfinished is left");
        new FileInfo(Path.Combine(Folder, "libLibTorchSharp.so")).LinkTarget.Should().BeNull();
        new FileInfo(Path.Combine(Folder, "libtorch_cpu.so")).LinkTarget.Should().StartWith(Cache);
        Directory.EnumerateDirectories(_tool.ProgramFolder).Should().BeEmpty();
    }

    [SkippableFact]
    public void A_cache_that_was_emptied_is_said_and_set_up_anew()
    {
        RequireLinux();
        _tool.RunIn(OfflineUser(), "setup-torch").Status.Should().Be(0);
        var library = Path.Combine(Folder, "libtorch.so");
        File.Delete(library);
        File.CreateSymbolicLink(library, _tool["gone"]);

        var bench = _tool.Run("bench", "--engine", "torch", "--size", "32");

        bench.Status.Should().Be(1);
        bench.ErrorLines.Should().ContainSingle().Which.Should()
            .StartWith("densenet: libtorch cannot be loaded: ").And.Contain("libtorch.so").And.EndWith("`densenet setup-torch` sets it up anew.");
    }

    [SkippableTheory]
    [InlineData("2.10.0+cu128")]
    [InlineData("2.11.1")]
    public void An_installed_PyTorchs_libraries_are_used_where_they_are(string version)
    {
        RequireLinux();
        var pyTorch = PyTorch(version, withCuda: true);

        var setup = _tool.RunIn(OfflineUser(), "setup-torch", "--pytorch", pyTorch);
        var bench = _tool.Run("bench", "--engine", "torch", "--size", "32");

        setup.Status.Should().Be(0, setup.Errors);
        setup.Output.Should().Be($"{Folder}: TorchSharp {Version} on PyTorch {version} in {pyTorch}/lib\n");
        bench.Status.Should().Be(0, bench.Errors);
        Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Should().BeEquivalentTo("libLibTorchSharp.so", "pytorch.txt");
    }

    [SkippableFact]
    public void For_CUDA_Pythons_own_PyTorch_is_asked_for_first()
    {
        RequireLinux();
        var pyTorch = PyTorch("2.11.0+cu130", withCuda: true);

        var setup = _tool.RunIn(OfflineUser(pyTorch), "setup-torch", "--cuda");

        setup.Status.Should().Be(0, setup.Errors);
        setup.Output.Should().StartWith($"{Folder}: TorchSharp {Version} on PyTorch 2.11.0+cu130 in {pyTorch}/lib, ");
    }

    [SkippableFact]
    public void Another_PyTorch_is_named_and_the_CUDA_packages_are_asked_for()
    {
        RequireLinux();
        var pyTorch = PyTorch("2.7.1+cu128", withCuda: true);

        // This user has no source to download from.
        var setup = _tool.RunIn(OfflineUser(pyTorch), "setup-torch", "--cuda");

        setup.Status.Should().Be(1);
        setup.ErrorLines[0].Should().Be(
            $"densenet: the installed PyTorch is not taken: {pyTorch} is PyTorch 2.7.1+cu128; TorchSharp {Version} runs on 2.10 and 2.11.");
        setup.ErrorLines[^1].Should().StartWith("densenet: NuGet did not restore TorchSharp's packages: ").And.Contain("TorchSharp-cuda-linux");
        Directory.Exists(Path.GetDirectoryName(Folder)).Should().BeFalse();
    }

    [SkippableTheory]
    [InlineData("1.13.1", "is PyTorch 1.13.1; TorchSharp 0.107.0 runs on 2.10 and 2.11.")]
    [InlineData("2.1.0", "is PyTorch 2.1.0; TorchSharp 0.107.0 runs on 2.10 and 2.11.")]
    [InlineData("2.10.0", "is PyTorch 2.10.0 for the CPU alone; leave out --cuda.")]
    [InlineData("", "is not the folder of a PyTorch: it has no version.py that names a version.")]
    public void A_PyTorch_that_will_not_do_is_refused_by_name(string version, string reason)
    {
        RequireLinux();
        var pyTorch = PyTorch(version, withCuda: false);

        var setup = _tool.RunIn(OfflineUser(), "setup-torch", "--cuda", "--pytorch", pyTorch);

        setup.Status.Should().Be(1);
        setup.ErrorLines.Should().ContainSingle().Which.Should().Contain(pyTorch).And.EndWith(reason.Replace("0.107.0", Version));
        Directory.Exists(Path.GetDirectoryName(Folder)).Should().BeFalse();
    }

    public void Dispose() => _tool.Dispose();

    private static void RequireLinux() => Skip.IfNot(OperatingSystem.IsLinux(), "Linux's files are meant.");

    private static string Cache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string Natives(string package, string version) => Path.Combine(Cache, package, version, "runtimes", "linux-x64", "native");

    /// <summary>A user with the cache as it is, no source of packages, and a Python that has this PyTorch.</summary>
    private Dictionary<string, string> OfflineUser(string? pyTorch = null)
    {
        var home = _tool["home"];
        Write(Path.Combine(home, ".nuget", "NuGet", "NuGet.Config"), "<configuration><packageSources><clear /></packageSources></configuration>");
        var python = Path.Combine(home, "bin", "python3");
        Write(python, $"#!/bin/sh\necho '{pyTorch}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new()
        {
            ["HOME"] = home,
            ["NUGET_PACKAGES"] = Cache,
            ["PATH"] = $"{Path.GetDirectoryName(python)}:{Environment.GetEnvironmentVariable("PATH")}",
        };
    }

    /// <summary>Python's package torch, as far as it matters, with the libraries of NuGet's libtorch.</summary>
    private string PyTorch(string version, bool withCuda)
    {
        var folder = _tool["torch"];
        Write(Path.Combine(folder, "version.py"), version.Length == 0 ? "" : $"from typing import Optional\n__version__ = '{version}'\ndebug = False\n");
        var libraries = Directory.CreateDirectory(Path.Combine(folder, "lib")).FullName;
        foreach (var file in Directory.EnumerateFiles(Natives("libtorch-cpu-linux-x64", "2.10.0")))
        {
            File.CreateSymbolicLink(Path.Combine(libraries, Path.GetFileName(file)), file);
        }

        if (withCuda)
        {
            // Any library will do that loads.
            File.CreateSymbolicLink(Path.Combine(libraries, "libtorch_cuda.so"), Path.Combine(libraries, "libtorch_global_deps.so"));
        }

        return folder;
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
