namespace DenseNetSharp.Tests;

/// <summary>Messages as .NET 10 and the systems' loaders write them.</summary>
public class TorchLoadErrorTests
{
    private const string Unix = "Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help diagnose "
        + "loading problems, consider using a tool like strace. If you're using glibc, consider setting the LD_DEBUG environment variable: \n";

    private const string Absent = Unix
        + "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n"
        + "/app/libLibTorchSharp.so: cannot open shared object file: No such file or directory\n"
        + "/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.12/libLibTorchSharp: cannot open shared object file: No such file or directory\n";

    private const string WindowsModule =
        "Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified module could not be found. (0x8007007E)";

    private const string WindowsProcedure =
        "Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified procedure could not be found. (0x8007007F)";

    [Theory]
    [InlineData(Absent)]
    [InlineData(Unix
        + "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n"
        + "libtorch.so: cannot open shared object file: No such file or directory\n"
        + "/app/libLibTorchSharp: cannot open shared object file: No such file or directory\n")]
    public void On_Linux_without_libtorch_the_packages_are_named(string message) =>
        Explain(message, "linux-x64").Should().Be(
            "libtorch is missing: the project that runs must reference one of the packages TorchSharp-cpu, TorchSharp-cuda-linux or "
            + "TorchSharp-cuda-windows.");

    [Fact]
    public void An_old_libstdcxx_is_answered_with_the_property() =>
        Explain(Unix
            + "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n"
            + "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)\n",
            "linux-x64").Should().Be(
            "This system's libstdc++ is older than TorchSharp 0.107.0 expects (GLIBCXX_3.4.32 is missing): add "
            + "<DenseNetSharpWeakenLibstdcxx>true</DenseNetSharpWeakenLibstdcxx> to a PropertyGroup of the project that runs.");

    [Fact]
    public void An_old_C_library_is_named_and_no_property_is_promised() =>
        Explain(Unix + "/lib64/libc.so.6: version `GLIBC_2.34' not found (required by /app/libLibTorchSharp.so)\n", "linux-x64")
            .Should().Contain("GLIBC_2.34").And.NotContain("Weaken");

    [Theory]
    [InlineData("libcudart.so.12: cannot open shared object file: No such file or directory", "libcudart.so.12")]
    [InlineData("libtorch_cuda.so: cannot open shared object file: No such file or directory", "libtorch_cuda.so")]
    [InlineData("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory", "libgomp-98b21ff3.so.1")]
    public void A_library_that_libtorch_needs_is_named(string line, string library) =>
        Explain(Unix + "/app/LibTorchSharp.so: cannot open shared object file: No such file or directory\n" + line + "\n", "linux-x64")
            .Should().StartWith($"libtorch needs {library}, which");

    [Theory]
    [InlineData("linux-x64", Unix + "/app/libLibTorchSharp.so: undefined symbol: _ZN3c104cuda9SetDeviceEab\n")]
    [InlineData("osx-arm64", Unix + "dlopen(/app/libLibTorchSharp.dylib, 0x0001): Symbol not found: __ZN2at10_ops4mv_out4callE\n"
        + "  Referenced from: <6A1F> /app/libLibTorchSharp.dylib\n  Expected in:     <77B2> /app/libtorch_cpu.dylib\n")]
    public void Another_version_of_libtorch_is_said(string system, string message) =>
        Explain(message, system).Should().Contain("not of the version that TorchSharp 0.107.0 is made for");

    [Theory]
    [InlineData("libtorch.dylib", "libtorch is missing: *TorchSharp-cpu*")]
    [InlineData("libomp.dylib", "libtorch needs libomp.dylib, *")]
    public void On_macOS_the_missing_library_decides(string library, string expected) =>
        Explain(Unix
            + $"dlopen(/app/libLibTorchSharp.dylib, 0x0001): Library not loaded: @rpath/{library}\n"
            + "  Referenced from: <6A1F> /app/libLibTorchSharp.dylib\n"
            + $"  Reason: tried: '/app/{library}' (no such file)\n"
            + "dlopen(libLibTorchSharp, 0x0001): tried: 'libLibTorchSharp' (no such file), '/usr/lib/libLibTorchSharp' (no such file)\n",
            "osx-arm64").Should().Match(expected);

    [Fact]
    public void On_Windows_0_107_0_points_to_0_106_0() =>
        Explain(WindowsProcedure, "win-x64", isLibTorchLoaded: true).Should().Contain("1567").And.Contain("0.106.0");

    [Fact]
    public void On_Windows_another_TorchSharp_that_lacks_a_function_has_another_libtorch() =>
        Explain(WindowsProcedure, "win-x64", "0.106.0", isLibTorchLoaded: true).Should().Contain("version").And.NotContain("1567");

    [Fact]
    public void On_Windows_without_libtorch_the_packages_are_named() =>
        Explain(WindowsModule, "win-x64").Should().StartWith("libtorch is missing: ").And.Contain("TorchSharp-cuda-windows");

    [Fact]
    public void On_Windows_with_libtorch_something_that_it_needs_is_missing() =>
        Explain(WindowsModule, "win-x64", isLibTorchLoaded: true).Should().StartWith("libtorch is there, ").And.Contain("CUDA");

    [Theory]
    [InlineData("linux-arm64")]
    [InlineData("linux-musl-x64")]
    [InlineData("alpine.3.22-x64")]
    [InlineData("osx-x64")]
    [InlineData("win-x86")]
    public void A_system_that_TorchSharp_has_nothing_for_is_named(string system) =>
        Explain(Absent, system).Should().StartWith($"TorchSharp has no native library for {system}, ");

    [Theory]
    [InlineData("debian.12-x64")]
    [InlineData("fedora.42-x64")]
    public void A_distributions_own_NET_is_Linux(string system) => Explain(Absent, system).Should().StartWith("libtorch is missing");

    [Fact]
    public void Any_other_reason_is_the_systems_own_line() =>
        Explain(Unix + "/app/libLibTorchSharp.so: invalid ELF header\n"
            + "/app/libLibTorchSharp: cannot open shared object file: No such file or directory\n", "linux-x64").Should().Be(
            "TorchSharp's native library does not load: /app/libLibTorchSharp.so: invalid ELF header");

    [Theory]
    [InlineData(Absent, "linux-x64")]
    [InlineData(Absent, "linux-arm64")]
    [InlineData(WindowsModule, "win-x64")]
    [InlineData(WindowsProcedure, "win-x64")]
    public void It_is_one_line(string message, string system) => Explain(message, system).Should().NotContain("\n").And.EndWith(".");

    private static string Explain(string message, string system, string torchSharp = "0.107.0", bool isLibTorchLoaded = false) =>
        TorchLoadError.Explain(message, system, torchSharp, isLibTorchLoaded);
}
