using System.Collections.Concurrent;
using System.Diagnostics;

namespace DenseNetSharp.Core.Tests;

/// <summary>The program in <see cref="Program"/>, running.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly ConcurrentQueue<string> _output = [];

    public RunningProgram(Uri url, string folder, params (string Name, string? Value)[] variables)
        : this(["get", url.ToString(), folder], variables)
    {
    }

    public RunningProgram(string[] arguments, params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DENSENETSHARP_OFFLINE"] = null;
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                _output.Enqueue(line.Data);
            }
        };
        _process.BeginOutputReadLine();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The lines that it has printed so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The last line that it prints.</summary>
    public async Task<string> Result()
    {
        await _process.WaitForExitAsync();
        _process.ExitCode.Should().Be(0, await _errors);
        return _output.Last();
    }

    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
