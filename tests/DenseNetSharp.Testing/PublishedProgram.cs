using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DenseNetSharp.Testing;

/// <summary>A program as its users publish it.</summary>
public static partial class PublishedProgram
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
        RequireBuilt(status, output);
    }

    /// <summary>Fails the test where a build failed, but skips it where that was for others' packages.</summary>
    /// <param name="status">What the build ended with.</param>
    /// <param name="output">What it printed.</param>
    public static void RequireBuilt(int status, string output)
    {
        Skip.If(
            status != 0 && NotRestored().IsMatch(output),
            "a package of others', such as the runtime for linux-x64, does not restore from this machine's package sources");
        status.Should().Be(0, output);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingDirectory">Where it stands; the tests' own folder if not given.</param>
    public static (int Status, string Output) Run(string program, IEnumerable<string> arguments, string workingDirectory = "")
    {
        using var process = Start(program, arguments, workingDirectory);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingDirectory">Where it stands; the tests' own folder if empty.</param>
    public static Process Start(string program, IEnumerable<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        // What `dotnet test` sets for its own processes is not meant for this one.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"NU1301|NU110[12]: Unable to find package (?!DenseNetSharp)")]
    private static partial Regex NotRestored();
}
