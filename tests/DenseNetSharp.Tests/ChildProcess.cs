using System.Diagnostics;

namespace DenseNetSharp.Tests;

/// <summary>The program in <see cref="Program"/>, as a process of its own.</summary>
internal static class ChildProcess
{
    private static readonly string _output = Path.GetDirectoryName(typeof(Program).Assembly.Location)!;

    /// <summary>Runs it in its own folder and returns the last line that it prints.</summary>
    public static string Run(params string[] arguments) => Run(_output, arguments);

    /// <summary>Runs a copy of it and returns the last line that it prints.</summary>
    /// <param name="folder">Where the copy is.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Changes to its environment; null takes a variable out.</param>
    public static string Run(string folder, string[] arguments, params (string Name, string? Value)[] variables)
    {
        var program = Path.Combine(folder, Path.GetFileName(typeof(Program).Assembly.Location));
        var start = new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, "{0}{1}", output, errors.Result);
        return output.TrimEnd().Split('\n')[^1];
    }

    /// <summary>Copies what runs, without native files and without the list that says where they lie: the program then looks for them
    /// beside itself.</summary>
    public static void CopyWithoutNativeFiles(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(_output).Where(file => file.EndsWith(".dll", StringComparison.Ordinal)
            || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }
}
