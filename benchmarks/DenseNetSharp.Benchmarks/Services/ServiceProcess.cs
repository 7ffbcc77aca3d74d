using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DenseNetSharp.Benchmarks.Services;

/// <summary>A web service in a process of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private ServiceProcess(Process process, string name, Uri address) => (_process, Name, Address) = (process, name, address);

    /// <summary>For people to read.</summary>
    public string Name { get; }

    public Uri Address { get; }

    /// <summary>Starts a service that was built beside this program and waits until it is ready.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="name">The name for people.</param>
    /// <param name="arguments">The service's arguments.</param>
    public static ServiceProcess Start(string project, string name, string[] arguments)
    {
        var program = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), $"{project}.dll"));
        return StartProgram("dotnet", name, [program, .. arguments]);
    }

    /// <summary>Starts a service's own program and waits until it is ready.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">The name for people.</param>
    /// <param name="arguments">The service's arguments.</param>
    public static ServiceProcess StartProgram(string program, string name, string[] arguments)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(program, [.. arguments, "--urls", address.ToString()]) { RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        // Whatever it says has to go somewhere, lest it wait.
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var service = new ServiceProcess(process, name, address);
        service.WaitUntilReady();
        return service;
    }

    /// <summary>Makes the peak of its memory start from here.</summary>
    public void ResetPeak() => ProcessMemory.ResetPeak(_process.Id);

    public double PeakMebibytes() => ProcessMemory.Peak(_process.Id);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private void WaitUntilReady()
    {
        using var client = new HttpClient { BaseAddress = Address };
        var start = Stopwatch.GetTimestamp();
        while (!IsReady(client))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > _patience)
            {
                Dispose();
                throw new InvalidOperationException($"{Name}'s service did not become ready.");
            }

            Thread.Sleep(20);
        }
    }

    private static bool IsReady(HttpClient client)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/ready");
            using var response = client.Send(request);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
