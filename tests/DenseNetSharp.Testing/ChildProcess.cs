using System.Diagnostics;

namespace DenseNetSharp.Testing;

/// <summary>A test program of its own process.</summary>
public static class ChildProcess
{
    /// <summary>Runs it to its end and returns the last line that it prints.</summary>
    /// <param name="program">The program's assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">Changes to its environment; null takes a variable out.</param>
    public static string Run(string program, string[] arguments, params (string Name, string? Value)[] variables)
    {
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
}
