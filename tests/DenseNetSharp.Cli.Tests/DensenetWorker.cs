using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace DenseNetSharp.Cli.Tests;

/// <summary>
/// A process that runs the command for one test after the other: starting, compiling and loading libtorch take longer than most of what
/// the tests have it do. It ends with its standard input.
/// </summary>
internal sealed class DensenetWorker
{
    private static readonly ConcurrentBag<DensenetWorker> _idle = [];

    private readonly Process _process;
    private readonly Task<string> _errors;

    private DensenetWorker()
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(Program).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What a worker answers.</summary>
    internal sealed record Reply(int Status, string Output, string Errors);

    /// <summary>Runs the command in a worker that is free.</summary>
    public static Reply Run(string[] arguments)
    {
        // As many as tests ask at the same time.
        if (!_idle.TryTake(out var worker))
        {
            worker = new DensenetWorker();
        }

        var reply = worker.Ask(arguments);
        _idle.Add(worker);
        return reply;
    }

    private Reply Ask(string[] arguments)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(arguments));
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() is { } reply
            ? JsonSerializer.Deserialize<Reply>(reply)!
            : throw new InvalidOperationException($"The command took its process with it: {string.Join(' ', arguments)}: {_errors.Result}");
    }
}
