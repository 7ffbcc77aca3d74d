using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>
/// A web server of a few lines on this machine. It answers as it is told, closes the connection, and remembers what it
/// was asked. A client that takes it for a proxy asks it for whole addresses.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<HttpRequest> _requests = [];
    private readonly Func<HttpRequest, HttpAnswer> _answer;

    public LoopbackServer(Func<HttpRequest, HttpAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>One that has a file, and can go on in the middle of it.</summary>
    public LoopbackServer(byte[] content)
        : this(request => HttpAnswer.File(request, content))
    {
    }

    /// <summary>One that answers the first request with the first answer, and so on; the last goes on.</summary>
    public LoopbackServer(params HttpAnswer[] answers)
        : this(InTurn([.. answers.Select<HttpAnswer, Func<HttpRequest, HttpAnswer>>(answer => _ => answer)]))
    {
    }

    public IReadOnlyCollection<HttpRequest> Requests => _requests;

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Answers the first request in the first way, and so on; the last goes on.</summary>
    public static Func<HttpRequest, HttpAnswer> InTurn(params Func<HttpRequest, HttpAnswer>[] answers)
    {
        var count = 0;
        return request => answers[Math.Min(Interlocked.Increment(ref count), answers.Length) - 1](request);
    }

    public Uri Url(string file) => new($"http://{Address}/models/{file}");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(stop), stop);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client, CancellationToken stop)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                var request = await ReadRequestAsync(stream, stop);
                _requests.Enqueue(request);
                var answer = _answer(request);
                var lengthLine = answer.ContentLength is { } length ? $"Content-Length: {length}\r\n" : "";
                var headers = string.Concat(answer.Headers.Select(header => header + "\r\n"));
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status}\r\n{lengthLine}{headers}Connection: close\r\n\r\n"), stop);
                await stream.WriteAsync(answer.Body, stop);
                if (answer.HangsAfterBody)
                {
                    await Task.Delay(Timeout.Infinite, stop);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<HttpRequest> ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, stop) is var count and > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2));
        return new(
            lines[0].Split(' ')[1],
            headers.ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase));
    }
}
