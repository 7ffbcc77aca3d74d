using System.Diagnostics;

namespace DenseNetSharp.Testing;

/// <summary>A program as its users publish it.</summary>
public static class PublishedProgram
{
    /// <summary>The clone's root.</summary>
    public static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DenseNetSharp.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder;
    }

    /// <summary>Publishes a project, self-contained for linux-x64 and trimmed, into the folder's <c>out</c>; skips the test where the
    /// runtime does not restore.</summary>
    /// <param name="project">The project.</param>
    /// <param name="folder">Where the output goes, and all that is built on the way, for the tests' own may be in use.</param>
    /// <param name="options">Other options of <c>dotnet publish</c>.</param>
    public static void Publish(string project, string folder, params string[] options)
    {
        var (status, output) = Run("dotnet",
        [
            "publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "-m:1", "-o", Path.Combine(folder, "out"),
            "-p:PublishTrimmed=true", "-p:DebugType=none", "-p:RunAnalyzers=false", "-p:UseArtifactsOutput=true",
            $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}", "--disable-build-servers", .. options,
        ]);
        Skip.If(
            status != 0 && (output.Contains("NU1101") || output.Contains("NU1102") || output.Contains("NU1301")),
            "the runtime pack for linux-x64 does not restore from this machine's package sources");
        status.Should().Be(0, output);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static (int Status, string Output) Run(string program, IEnumerable<string> arguments)
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
}
