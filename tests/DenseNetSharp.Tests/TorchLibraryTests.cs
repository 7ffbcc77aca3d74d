namespace DenseNetSharp.Tests;

public sealed class TorchLibraryTests : IDisposable
{
    private const string Library = "libLibTorchSharp.so";

    private readonly TemporaryFolder _folder = new();

    public TorchLibraryTests()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the loader's folders are those of Linux");
        OwnProgram.CopyWithoutNativeFiles(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void Without_native_files_the_missing_package_is_named()
    {
        Load().Should().StartWith("libtorch is missing: ").And.Contain("TorchSharp-cpu");
    }

    [SkippableFact]
    public void With_TorchSharps_own_file_only_the_missing_package_is_named()
    {
        Link(Library);

        Load().Should().StartWith("libtorch is missing: ").And.Contain("TorchSharp-cpu");
    }

    [SkippableFact]
    public void Without_a_library_that_libtorch_needs_that_one_is_named()
    {
        var openMp = Names().Single(name => name.StartsWith("libgomp", StringComparison.Ordinal));
        Link([.. Names().Where(name => name != openMp)]);

        Load().Should().StartWith($"libtorch needs {openMp}, ");
    }

    [SkippableFact]
    public void With_TorchSharps_unchanged_file_an_old_libstdcxx_is_named_and_the_property()
    {
        var original = OriginalLibrary();
        Link([.. Names().Where(name => name != Library)]);
        File.Copy(original, _folder.File(Library));
        var answer = Load();
        Skip.If(answer == "7 logits", "this system's libstdc++ is new enough");

        answer.Should().StartWith("This system's libstdc++ is older than TorchSharp ").And.Contain("<DenseNetSharpWeakenLibstdcxx>true<");
    }

    [SkippableFact]
    public void With_all_native_files_a_network_is_made()
    {
        Link([.. Names()]);

        Load().Should().Be("7 logits");
    }

    [SkippableFact]
    public void A_library_that_the_program_loaded_itself_by_its_path_will_do()
    {
        Load(Path.Combine(NativeFiles(), Library)).Should().Be("7 logits");
    }

    /// <summary>Makes a network in a process of the copy's own; TorchSharp's own loader, which leaves a folder, must not run.</summary>
    private string Load(params string[] library)
    {
        var answer = OwnProgram.RunCopy(_folder.Path, ["load", .. library], ("LD_LIBRARY_PATH", null));
        Directory.EnumerateDirectories(_folder.Path).Should().BeEmpty("libtorch is not copied about");
        return answer;
    }

    private void Link(params string[] names)
    {
        foreach (var name in names)
        {
            File.CreateSymbolicLink(_folder.File(name), Path.Combine(NativeFiles(), name));
        }
    }

    private static IEnumerable<string> Names() => Directory.EnumerateFiles(NativeFiles(), "*.so*").Select(file => Path.GetFileName(file)!);

    private static string NativeFiles() => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native") is var folder
        && File.Exists(Path.Combine(folder, "libtorch.so"))
        ? folder
        : throw new SkipException("libtorch is another one than the package's (TorchRuntime is not cpu)");

    /// <summary>The file as it is in NuGet's cache.</summary>
    private static string OriginalLibrary()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var version = typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3);
        var file = Path.Combine(packages, "torchsharp", version, "runtimes", "linux-x64", "native", Library);
        Skip.IfNot(File.Exists(file), $"there is no {file}");
        return file;
    }
}
