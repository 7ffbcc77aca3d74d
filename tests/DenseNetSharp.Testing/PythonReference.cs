using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace DenseNetSharp.Testing;

/// <summary>
/// The reference: a Python that has PyTorch, torchvision and Pillow, the one that PYTHON names, else the system's. Tests
/// that need it are skipped, visibly and by name, where there is none.
/// </summary>
public static class PythonReference
{
    private static readonly Lazy<string?> _interpreter = new(Find);
    private static readonly ConcurrentDictionary<string, bool> _modules = new();
    private static readonly ConcurrentBag<PythonServer> _idle = [];

    /// <summary>Whether there is such a Python.</summary>
    public static bool IsAvailable => _interpreter.Value is not null;

    /// <summary>The Python's path; skips the test where there is none.</summary>
    public static string Interpreter
    {
        get
        {
            Require();
            return _interpreter.Value!;
        }
    }

    /// <summary>Skips the test where there is no such Python.</summary>
    public static void Require() => Skip.IfNot(
        IsAvailable,
        "no Python with torch, torchvision and Pillow (set PYTHON, or install python3-torch, python3-torchvision and python3-pil)");

    /// <summary>Skips the test where there is no such Python, or it lacks one more module.</summary>
    /// <param name="module">The module, such as h5py.</param>
    public static void RequireModule(string module) =>
        Skip.IfNot(
            _modules.GetOrAdd(module, name => HasModules(Interpreter, name)),
            $"the Python that is the reference has no {module} (install python3-{module})");

    /// <summary>Runs a script and returns what it prints.</summary>
    /// <param name="script">The script's path in the test's output folder.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <exception cref="InvalidOperationException">The script failed; the message holds its standard error.</exception>
    public static string Run(string script, params string[] arguments) =>
        Start(Interpreter, [Path.Combine(AppContext.BaseDirectory, script), .. arguments]);

    /// <summary>Runs statements and returns what they print.</summary>
    /// <exception cref="InvalidOperationException">They failed; the message holds their standard error.</exception>
    public static string RunCode(string code) => Start(Interpreter, ["-c"], code);

    private static string? Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("PYTHON"), "/usr/bin/python3", "python3", "python"];
        return candidates.FirstOrDefault(candidate => candidate is { Length: > 0 } && HasModules(candidate, "torch, torchvision, PIL"));
    }

    private static bool HasModules(string python, string modules)
    {
        try
        {
            Start(python, ["-c"], $"import {modules}");
            return true;
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Start(string python, string[] arguments, string? code = null)
    {
        // Elsewhere processes do not fork, or not safely.
        var (status, output, errors) = OperatingSystem.IsLinux() ? Ask(python, arguments, code) : StartAnew(python, arguments, code);
        return status == 0 ? output : throw new InvalidOperationException($"{python} ended with {status}: {errors}");
    }

    private static (int Status, string Output, string Errors) Ask(string python, string[] arguments, string? code)
    {
        // As many as tests ask at the same time.
        if (!_idle.TryTake(out var server))
        {
            server = new PythonServer(python);
        }

        var reply = server.Run(arguments, code);
        _idle.Add(server);
        return reply;
    }

    private static (int Status, string Output, string Errors) StartAnew(string python, string[] arguments, string? code)
    {
        var start = new ProcessStartInfo(python, code is null ? arguments : [.. arguments, code])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
