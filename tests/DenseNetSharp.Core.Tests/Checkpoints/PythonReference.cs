using System.Diagnostics;

namespace DenseNetSharp.Checkpoints;

/// <summary>
/// Runs the scripts of this project in a Python that has torch and torchvision: the one in the variable PYTHON, else
/// /usr/bin/python3, else python3. Tests that need it are skipped, by name, where there is none.
/// </summary>
internal static class PythonReference
{
    private static readonly Lazy<string?> _interpreter = new(FindInterpreter);

    public static bool IsAvailable => _interpreter.Value is not null;

    public static void SkipIfAbsent() =>
        Skip.IfNot(IsAvailable, "No Python with torch and torchvision was found (set PYTHON to one).");

    /// <summary>
    /// Runs a script and returns what it prints; fails the test with its error output where it fails.
    /// </summary>
    public static string Run(string script, params string[] arguments)
    {
        using var stream = typeof(PythonReference).Assembly.GetManifestResourceStream(script)
            ?? throw new InvalidOperationException($"There is no script {script}.");
        using var reader = new StreamReader(stream);
        var (exitCode, output, error) = Start(_interpreter.Value!, ["-c", reader.ReadToEnd(), .. arguments]);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{script} failed:\n{error}");
    }

    private static string? FindInterpreter()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("PYTHON"), "/usr/bin/python3", "python3"];
        return candidates.FirstOrDefault(candidate => candidate is { Length: > 0 } && HasTorch(candidate));
    }

    private static bool HasTorch(string interpreter)
    {
        try
        {
            return Start(interpreter, ["-c", "import torch, torchvision"]).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int ExitCode, string Output, string Error) Start(string interpreter, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(interpreter, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
