using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace DenseNetSharp.Users.Tests;

/// <summary>A web service as its users start it: a process on a free port of its own.</summary>
internal sealed class WebProgram : IDisposable
{
    private const string Announcement = "Now listening on: ";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly string _health;

    private WebProgram(string program, string folder, string health)
    {
        _health = health;
        _process = PublishedProgram.Start("dotnet", ["exec", program, "--urls", "http://127.0.0.1:0"], folder);
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    // An answer that comes before the body is read would else break the pipe of a client that still sends.
    public HttpClient Client { get; } = new() { Timeout = _patience, DefaultRequestHeaders = { ExpectContinue = true } };

    /// <summary>Starts it, and waits until its health says that it is ready.</summary>
    /// <param name="program">The program's assembly.</param>
    /// <param name="folder">Where it stands.</param>
    /// <param name="health">Where it says so.</param>
    public static async Task<WebProgram> StartAsync(string program, string folder, string health)
    {
        var service = new WebProgram(program, folder, health);
        try
        {
            service.Client.BaseAddress = await service._address.Task.WaitAsync(_patience);
            for (var clock = Stopwatch.StartNew(); await service.HealthAsync() != HttpStatusCode.OK; await Task.Delay(100))
            {
                clock.Elapsed.Should().BeLessThan(_patience, service._output.ToString());
            }

            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    /// <summary>Stops it as a system does that waits for requests under way, where there is such a signal; returns its exit status.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Client.Dispose();
    }

    private async Task<HttpStatusCode> HealthAsync()
    {
        using var response = await Client.GetAsync(_health);
        return response.StatusCode;
    }

    private void Add(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException($"The service has ended: {_output}"));
        }
        else if (line.IndexOf(Announcement, StringComparison.Ordinal) is >= 0 and var start)
        {
            _address.TrySetResult(new Uri(line[(start + Announcement.Length)..]));
        }
    }
}
