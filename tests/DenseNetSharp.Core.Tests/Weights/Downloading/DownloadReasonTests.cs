using System.Net;
using System.Net.Sockets;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Failures whose cause is not where one would look first: the message names it, and no password.</summary>
public sealed class DownloadReasonTests : IDisposable
{
    private static readonly byte[] _content = TestWeights.Content;
    private static readonly Uri _secure = new("https://weights.invalid/net.pth");

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_connection_that_ends_without_an_answer()
    {
        using var server = new LoopbackServer(_ => throw new IOException("hangs up"));

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain("127.0.0.1 gave no proper answer")
            .And.ContainAny("ended prematurely", "reset by peer", "forcibly closed");
    }

    [Fact]
    public async Task A_redirect_to_a_server_that_cannot_be_reached()
    {
        var port = FreePort();
        using var server = new LoopbackServer(new HttpAnswer([], "302 Found") { Headers = [$"Location: http://localhost:{port}/net.pth"] });

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain("localhost cannot be reached")
            .And.NotContain("The proxy");
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task A_proxy_that_cannot_be_reached(string scheme)
    {
        var port = FreePort();
        using var client = ClientBehind($"http://bob:s3cret@127.0.0.1:{port}");

        var error = await _folder.Fails(
            TestWeights.At(new Uri($"{scheme}://weights.invalid/net.pth")), _folder.Options with { HttpClient = client });

        error.Message.Should().Contain($"The proxy 127.0.0.1:{port} cannot be reached");
        error.ToString().Should().NotContain("s3cret");
    }

    [Theory]
    [InlineData("403 Forbidden")]
    [InlineData("502 Bad Gateway")]
    public async Task The_password_of_a_proxy_is_not_told(string status)
    {
        using var proxy = new LoopbackServer(new HttpAnswer([], status));
        using var client = ClientBehind($"http://bob:s3cret@{proxy.Address}");

        var error = await _folder.Fails(TestWeights.At(_secure), _folder.Retrying with { HttpClient = client });

        error.Message.Should().Contain(proxy.Address).And.Contain("HTTPS_PROXY");
        error.ToString().Should().NotContain("s3cret").And.NotContain("bob");
        _folder.Log.Text.Should().NotContain("s3cret");
    }

    [Fact]
    public async Task The_password_of_a_mirror_that_is_no_address_is_not_told()
    {
        var mirror = new Uri("bob:s3cret@mirror/pub", UriKind.RelativeOrAbsolute);

        var error = await _folder.Fails(TestWeights.At(_secure), _folder.Options with { Mirror = mirror });

        error.ToString().Should().Contain("Mirror").And.NotContain("s3cret");
    }

    [Fact]
    public async Task A_client_that_does_not_follow_redirects()
    {
        using var server = new LoopbackServer(new HttpAnswer([], "302 Found") { Headers = ["Location: /elsewhere"] });
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        (await _folder.Fails(TestWeights.Of(server), _folder.Options with { HttpClient = client })).Message.Should()
            .Contain("/elsewhere), and the HttpClient given does not follow");
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_the_clients_time()
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(0.2) };
        handler.ConnectCallback = async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return Stream.Null;
        };
        using var client = new HttpClient(handler);

        (await _folder.Fails(TestWeights.At(_secure), _folder.Options with { HttpClient = client })).Message.Should()
            .Contain("weights.invalid does not answer").And.Contain("ConnectTimeout").And.Contain("Check the network");
    }

    [Fact]
    public async Task A_folder_in_the_files_place()
    {
        Directory.CreateDirectory(_folder.CachedFile);
        using var server = new LoopbackServer(_content);

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain($"there is a folder at {_folder.CachedFile}");
        server.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("deadbeef")]
    [InlineData(null)]
    public async Task A_file_that_was_sent_in_an_encoding(string? hash)
    {
        using var server = new LoopbackServer(new HttpAnswer(_content) { Headers = ["Content-Encoding: gzip"] });

        (await _folder.Fails(TestWeights.Of(server) with { Sha256Prefix = hash })).Message.Should()
            .Contain("in the encoding gzip");
    }

    [Fact]
    public async Task Who_asks_says_so()
    {
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Single().Headers["User-Agent"].Should().MatchRegex(@"^DenseNetSharp/\d+\.\d+\.\d+$");
    }

    private static HttpClient ClientBehind(string proxy) => new(new HttpClientHandler
    {
        Proxy = new ProxyWithPassword(new Uri(proxy)),
    });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>As the environment's, a proxy whose address has the password in it.</summary>
    private sealed class ProxyWithPassword(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
