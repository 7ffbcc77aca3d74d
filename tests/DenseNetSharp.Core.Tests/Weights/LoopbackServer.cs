using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DenseNetSharp.Tests.Weights;

/// <summary>
/// A web server of a few lines on this machine: it answers every request with the same bytes, which may be anything,
/// and closes the connection.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _head;
    private readonly byte[] _body;
    private readonly bool _hangsBeforeTheEnd;
    private int _requests;

    /// <param name="body">What is sent after the headers.</param>
    /// <param name="status">The status line's end.</param>
    /// <param name="contentLength">What the server says that it sends; null to send as much and say nothing.</param>
    /// <param name="hangsBeforeTheEnd">Whether it keeps the connection open after the body, silently.</param>
    public LoopbackServer(byte[] body, string status = "200 OK", long? contentLength = -1, bool hangsBeforeTheEnd = false)
    {
        var length = contentLength == -1 ? body.Length : contentLength;
        var lengthLine = length is null ? "" : $"Content-Length: {length}\r\n";
        _head = Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{lengthLine}Connection: close\r\n\r\n");
        _body = body;
        _hangsBeforeTheEnd = hangsBeforeTheEnd;
        _listener.Start();
        _ = ServeAsync();
    }

    public int Requests => _requests;

    public Uri Url(string file) => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/models/{file}");

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
        Interlocked.Increment(ref _requests);
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await ReadRequestAsync(stream, stop);
                await stream.WriteAsync(_head, stop);
                await stream.WriteAsync(_body, stop);
                if (_hangsBeforeTheEnd)
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

    private static async Task ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        var request = new StringBuilder();
        var buffer = new byte[1024];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(buffer, stop) is var count and > 0)
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }
}
