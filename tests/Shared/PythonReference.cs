using System.Diagnostics;

namespace DenseNetSharp.Tests;

/// <summary>
/// Runs reference scripts with a Python that has PyTorch and torchvision: the one PYTHON names, else the system's.
/// </summary>
internal static class PythonReference
{
    private static readonly Lazy<string?> Interpreter = new(Find);

    /// <summary>Skips the test, visibly and with the reason, where there is no such Python.</summary>
    public static void Require() =>
        Skip.If(Interpreter.Value is null,
            "no Python with torch and torchvision (set PYTHON, or install python3-torch and python3-torchvision)");

    /// <summary>Runs a script of the test project and returns what it prints.</summary>
    /// <param name="script">File name, in the test's output folder.</param>
    /// <param name="arguments">The script's arguments.</param>
    public static string Run(string script, params string[] arguments)
    {
        Require();
        return Start(Interpreter.Value!, [Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
    }

    private static string? Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("PYTHON"), "/usr/bin/python3", "python3", "python"];
        return candidates.OfType<string>().FirstOrDefault(HasTorch);
    }

    private static bool HasTorch(string python)
    {
        try
        {
            Start(python, ["-c", "import torch, torchvision, PIL"]);
            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Start(string python, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(python)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{python} ended with {process.ExitCode}: {errors.Result}");
        }

        return output;
    }
}
