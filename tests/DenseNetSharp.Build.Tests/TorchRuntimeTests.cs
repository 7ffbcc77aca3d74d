using System.Diagnostics;
using System.Text.Json;

namespace DenseNetSharp.Build.Tests;

/// <summary>Which packages a project that runs asks for (eng/Torch.targets), as MSBuild evaluates it; nothing is restored.</summary>
public sealed class TorchRuntimeTests
{
    [Theory]
    [InlineData("", "linux-x64", "libtorch-cpu-linux-x64")]
    [InlineData("cpu", "win-x64", "libtorch-cpu-win-x64")]
    [InlineData("cpu", "win-arm64", "libtorch-cpu-win-arm64")]
    [InlineData("cpu", "osx-arm64", "libtorch-cpu-osx-arm64")]
    [InlineData("cuda", "linux-x64", "TorchSharp-cuda-linux")]
    [InlineData("cuda", "win-x64", "TorchSharp-cuda-windows")]
    [InlineData("none", "linux-x64")]
    public void A_program_gets_one_systems_libtorch_and_no_other(string runtime, string rid, params string[] expected) =>
        TorchPackages("samples/Demo/Demo.csproj", $"-p:RuntimeIdentifier={rid}", runtime.Length > 0 ? $"-p:TorchRuntime={runtime}" : "-p:A=b")
            .Should().BeEquivalentTo(["TorchSharp", .. expected]);

    [Fact]
    public void A_library_leaves_the_choice_to_its_user() =>
        TorchPackages("src/DenseNetSharp/DenseNetSharp.csproj").Should().Equal("TorchSharp");

    [Fact]
    public void Another_TorchRuntime_is_refused_by_name()
    {
        var (output, exitCode) = Run("samples/Demo/Demo.csproj", "-t:CheckTorchRuntime", "-p:TorchRuntime=rocm");

        exitCode.Should().NotBe(0);
        output.Should().Contain("TorchRuntime is 'rocm'; it must be cpu, cuda or none.");
    }

    private static string[] TorchPackages(string project, params string[] properties)
    {
        var (output, exitCode) = Run(project, ["-getItem:PackageReference", .. properties]);
        exitCode.Should().Be(0, output);
        using var json = JsonDocument.Parse(output);
        return
        [
            .. json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!)
                .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase)),
        ];
    }

    private static (string Output, int ExitCode) Run(string project, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(Repository(), project), "-nodeReuse:false", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no clone.");
    }
}
