using System.Net;
using System.Net.Sockets;
using System.Text;
using DenseNetSharp.Extensions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DenseNetSharp.Serve.Tests;

/// <summary>The sample on a port of its own, with the shipped network unless told otherwise.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly string[] _quiet = ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=None", "--Serve:RequestsPerSecond=0"];

    private Service(WebApplication app)
    {
        App = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(1) };
    }

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public string Address => App.Urls.Single();

    /// <summary>A service whose network has computed.</summary>
    public static async Task<Service> StartAsync(params string[] settings)
    {
        var service = await StartUnreadyAsync(settings);
        await service.UntilReadyAsync();
        return service;
    }

    public static async Task<Service> StartUnreadyAsync(params string[] settings)
    {
        var app = ServeApplication.Create([.. _quiet, .. settings.Select(setting => $"--{setting}")]);
        await app.StartAsync();
        return new Service(app);
    }

    /// <summary>Waits, for a minute at most, for the network.</summary>
    public async Task UntilReadyAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await App.Services.GetRequiredService<IModelReloader>().WaitUntilReadyAsync(cancellationToken: patience.Token);
    }

    /// <summary>Uploads files in the form's field.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), "file", name);
        }

        return Client.PostAsync(path, form);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, string accept, string name, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", name } } };
        request.Headers.Accept.ParseAdd(accept);
        return await Client.SendAsync(request);
    }

    /// <summary>Opens a connection on which a test sends its request piece by piece.</summary>
    public async Task<SlowRequest> BeginAsync(string path)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(Address).Port);
        var request = new SlowRequest(client);
        await request.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary={SlowRequest.Boundary}\r\n"
            + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
        // Kestrel says so when the service begins to read.
        await request.ReadUntilAsync("HTTP/1.1 100 Continue");
        await request.ReadUntilAsync("");
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>A form that is sent as slowly as a test wants.</summary>
internal sealed class SlowRequest : IDisposable
{
    public const string Boundary = "a-boundary";

    /// <summary>The end of a body in chunks.</summary>
    public const string End = "0\r\n\r\n";

    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private bool _isAfterBoundary;

    public SlowRequest(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Encoding.UTF8);
    }

    public async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));

    public Task SendChunkAsync(string text) => SendChunkAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendChunkAsync(byte[] bytes)
    {
        var stream = _client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"));
        await stream.WriteAsync(bytes);
        await stream.WriteAsync("\r\n"u8.ToArray());
    }

    /// <summary>Begins a file.</summary>
    public Task SendHeaderAsync(string name)
    {
        var boundary = _isAfterBoundary ? "" : $"--{Boundary}\r\n";
        return SendChunkAsync($"{boundary}Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    }

    /// <summary>Sends the rest of a file, and the boundary by which its end is known; that of the last file ends the request.</summary>
    public async Task SendRestAsync(byte[] bytes, bool isLast)
    {
        await SendChunkAsync([.. bytes, .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}{(isLast ? "--" : "")}\r\n")]);
        _isAfterBoundary = true;
        if (isLast)
        {
            await SendAsync(End);
        }
    }

    public async Task SendFileAsync(string name, byte[] bytes, bool isLast = false)
    {
        await SendHeaderAsync(name);
        await SendRestAsync(bytes, isLast);
    }

    /// <summary>The next line of the answer, head and chunk sizes included.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _reader.ReadLineAsync(patience.Token) ?? throw new EndOfStreamException("The answer has ended.");
    }

    /// <summary>The next line that a test waits for.</summary>
    public async Task<string> ReadUntilAsync(string beginning)
    {
        while (true)
        {
            if (await ReadLineAsync() is var line && line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    public void Dispose() => _client.Dispose();
}
