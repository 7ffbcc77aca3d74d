using System.Diagnostics;
using System.Net;

namespace DenseNetSharp.Benchmarks.Services;

/// <summary>What clients saw who each sent the next upload when they had the last one's answer.</summary>
/// <param name="SecondsARequest">The whole time by the number of requests.</param>
/// <param name="Milliseconds">How long each usable image took.</param>
internal sealed record Load(double SecondsARequest, IReadOnlyList<double> Milliseconds)
{
    /// <summary>Sends uploads.</summary>
    /// <param name="address">The service's.</param>
    /// <param name="connections">Clients, each on a connection of its own.</param>
    /// <param name="requests">Requests of all of them together.</param>
    /// <param name="uploads">What they send.</param>
    public static Load Run(Uri address, int connections, int requests, UploadBodies uploads) =>
        RunAsync(address, connections, requests, uploads).GetAwaiter().GetResult();

    private static async Task<Load> RunAsync(Uri address, int connections, int requests, UploadBodies uploads)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseProxy = false };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        var times = new double?[requests];
        var next = -1;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < requests)
            {
                times[i] = await SendAsync(client, uploads, i);
            }
        })));
        return new Load(Stopwatch.GetElapsedTime(start).TotalSeconds / requests, [.. times.OfType<double>()]);
    }

    /// <summary>The milliseconds of a usable image; null for another, which was rejected.</summary>
    private static async Task<double?> SendAsync(HttpClient client, UploadBodies uploads, int i)
    {
        var (body, isUsable) = uploads[i];
        using var content = new ByteArrayContent(body) { Headers = { ContentType = UploadBodies.ContentType } };
        var sent = Stopwatch.GetTimestamp();
        using var response = await client.PostAsync("/classify", content);
        var time = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        if (isUsable ? response.StatusCode != HttpStatusCode.OK : (int)response.StatusCode is not (413 or 415 or 422))
        {
            throw new InvalidOperationException(
                $"{(isUsable ? "A photo" : "What is no usable image")} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        return isUsable ? time : null;
    }
}
