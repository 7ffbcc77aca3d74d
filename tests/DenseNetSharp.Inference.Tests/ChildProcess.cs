using System.Diagnostics;

namespace DenseNetSharp.Inference.Tests;

/// <summary>The program in <see cref="Program"/>, as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs it and returns the last line that it prints.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Changes to its environment.</param>
    public static string Run(string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, .. arguments])
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
        process.ExitCode.Should().Be(0, errors.Result);
        return output.TrimEnd().Split('\n')[^1];
    }
}
