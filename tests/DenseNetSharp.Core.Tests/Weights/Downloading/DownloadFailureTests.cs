using System.Net;
using System.Net.Sockets;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Downloads that cannot go well: what the user is told, and what is left.</summary>
public sealed class DownloadFailureTests : IDisposable
{
    private static readonly byte[] _content = TestWeights.Content;

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_reported_and_left_alone()
    {
        _folder.HasFile([1, 2, 3]);
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(TestWeights.Of(server));

        error.Message.Should().Contain(_folder.CachedFile).And.Contain("damaged").And.Contain("Delete it")
            .And.Contain(TestWeights.Hash[..8]);
        File.ReadAllBytes(_folder.CachedFile).Should().Equal(1, 2, 3);
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_in_the_cache_that_cannot_be_read_is_reported()
    {
        _folder.HasFile(_content);
        using var other = new FileStream(_folder.CachedFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using var server = new LoopbackServer(_content);

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain($"{_folder.CachedFile} cannot be read");
    }

    [Fact]
    public async Task Offline_without_the_file_names_the_option()
    {
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Options with { Offline = true });

        error.Message.Should().Contain("by the option Offline").And.NotContain("DENSENETSHARP_OFFLINE");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task An_answer_with_another_hash_is_not_kept_and_not_asked_for_again()
    {
        using var server = new LoopbackServer(new byte[1000]);

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Retrying);

        error.Message.Should().Contain("is not the file").And.Contain(TestWeights.Hash[..8]);
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_body_longer_than_announced_has_another_hash()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content) { ContentLength = 1000 });

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain("is not the file");
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_body_shorter_than_announced_is_kept_for_next_time()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content).BrokenOffAfter(1000));

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain("ended after 1000");
        _folder.ShouldHaveTheFirst(1000);
    }

    [Theory]
    [InlineData("deadbeef")]
    [InlineData(null)]
    public async Task A_web_page_is_refused_at_once(string? hash)
    {
        using var server = new LoopbackServer(new HttpAnswer("<html>Please log in</html>"u8.ToArray())
        {
            Headers = ["Content-Type: text/html; charset=utf-8"],
        });

        var error = await _folder.Fails(TestWeights.Of(server) with { Sha256Prefix = hash }, _folder.Retrying);

        error.Message.Should().Contain("web page").And.Contain("browser");
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_web_page_does_not_cost_what_an_earlier_run_received()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(new HttpAnswer("<html>Please log in</html>"u8.ToArray())
        {
            Headers = ["Content-Type: text/html"],
        });

        await _folder.Fails(TestWeights.Of(server));

        _folder.ShouldHaveTheFirst(1000);
    }

    [Fact]
    public async Task A_web_page_that_is_not_called_one_is_no_checkpoint()
    {
        using var server = new LoopbackServer("<html>Please log in</html>"u8.ToArray());

        var error = await _folder.Fails(TestWeights.Of(server) with { Sha256Prefix = null });

        error.Message.Should().Contain("no checkpoint");
        _folder.ShouldHoldOnly();
    }

    [Theory]
    [InlineData("404 Not Found", "does not have the file (404 Not Found)")]
    [InlineData("403 Forbidden", "refuses access (403 Forbidden)")]
    [InlineData("407 Proxy Authentication Required", "HTTPS_PROXY")]
    [InlineData("418 I'm a teapot", "418 I'm a teapot")]
    public async Task A_refusal_is_passed_on_and_not_asked_for_again(string status, string message)
    {
        using var server = new LoopbackServer(new HttpAnswer([], status));

        (await _folder.Fails(TestWeights.Of(server), _folder.Retrying)).Message.Should().Contain(message);
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task Redirects_in_a_circle_are_given_up()
    {
        using var server = new LoopbackServer(new HttpAnswer([], "302 Found") { Headers = ["Location: /models/again?key=secret"] });

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Retrying);

        error.Message.Should().Contain("redirects without end").And.Contain("/models/again")
            .And.NotContain("secret");
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content).BrokenOffAfter(1000) with { HangsAfterBody = true });

        var error = await _folder.Fails(
            TestWeights.Of(server), _folder.Options with { SilenceTimeout = TimeSpan.FromSeconds(1.5) });

        error.Message.Should().Contain("sent nothing for 1.5 seconds");
        _folder.ShouldHaveTheFirst(1000);
    }

    [Fact]
    public async Task A_client_of_the_callers_may_have_a_timeout_of_its_own()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(0.2) };

        var error = await _folder.Fails(
            TestWeights.At(new Uri($"http://{silent.LocalEndpoint}/net.pth")), _folder.Options with { HttpClient = client });

        error.Message.Should().Contain("HttpClient.Timeout of 0.2 seconds");
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_reported_with_what_to_look_at()
    {
        Uri url;
        using (var server = new LoopbackServer())
        {
            url = server.Url(TestWeights.FileName);
        }

        var error = await _folder.Fails(TestWeights.At(url));

        error.Message.Should().Contain("127.0.0.1 cannot be reached").And.Contain("HTTPS_PROXY").And.Contain("DENSENETSHARP_MIRROR");
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_reported_likewise()
    {
        // As the system's resolver fails without a network, only at once.
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = (_, _) => throw new SocketException((int)SocketError.HostNotFound);
        using var client = new HttpClient(handler);

        var error = await _folder.Fails(
            TestWeights.At(new Uri("http://weights.invalid/net.pth")), _folder.Options with { HttpClient = client });

        error.Message.Should().Contain("weights.invalid cannot be reached").And.Contain("Check the network");
    }

    [Fact]
    public async Task A_server_without_a_trusted_certificate_is_reported()
    {
        using var handler = new SocketsHttpHandler();
        using var server = new TlsServer();
        using var client = new HttpClient(handler);

        var error = await _folder.Fails(TestWeights.At(server.Url), _folder.Retrying with { HttpClient = client });

        error.Message.Should().Contain("is not trusted").And.Contain("certificate");
    }

    [Theory]
    [InlineData("407 Proxy Authentication Required", 1)]
    [InlineData("403 Forbidden", 1)]
    [InlineData("502 Bad Gateway", 3)]
    public async Task A_proxy_that_lets_nothing_through_to_a_secure_address_is_reported(string status, int requests)
    {
        using var proxy = new LoopbackServer(new HttpAnswer([], status));
        using var client = new HttpClient(new HttpClientHandler { Proxy = new WebProxy($"http://{proxy.Address}") });
        var options = _folder.Retrying with { HttpClient = client, MaxRetries = 2 };

        var error = await _folder.Fails(TestWeights.At(new Uri("https://weights.invalid/net.pth")), options);

        error.Message.Should().Contain("proxy").And.Contain("HTTPS_PROXY").And.Contain(status[..3]);
        proxy.Requests.Should().HaveCount(requests).And.OnlyContain(request => request.Target == "weights.invalid:443");
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_cancelled_download_keeps_what_has_arrived()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content).BrokenOffAfter(1000) with { HangsAfterBody = true });
        using var cancellationToken = new CancellationTokenSource();
        _folder.Progress.Then = report =>
        {
            if (report.BytesReceived == 1000)
            {
                cancellationToken.Cancel();
            }
        };

        var get = () => TestWeights.Of(server).GetFileAsync(_folder.Retrying, cancellationToken.Token);

        await get.Should().ThrowAsync<OperationCanceledException>();
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHaveTheFirst(1000);
    }

    [Fact]
    public async Task A_pause_before_a_retry_can_be_cancelled()
    {
        using var server = new LoopbackServer(new HttpAnswer([], "503 Service Unavailable"));
        using var cancellationToken = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));

        var get = () => TestWeights.Of(server).GetFileAsync(
            _folder.Retrying with { RetryDelay = TimeSpan.FromMinutes(10) }, cancellationToken.Token);

        await get.Should().ThrowAsync<OperationCanceledException>();
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_reported()
    {
        var file = _folder.WriteElsewhere("no-folder", [0]);
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(
            TestWeights.Of(server), new WeightsDownloadOptions { Offline = false, Directory = Path.Combine(file, "x") });

        error.Message.Should().Contain(Path.Combine(file, "x"));
    }

    [Fact]
    public async Task A_file_that_is_longer_than_the_disk_has_room_for_is_not_begun()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content) { ContentLength = long.MaxValue / 2 });

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Retrying);

        error.Message.Should().Contain(_folder.Cache).And.Contain("left").And.Contain("TORCH_HOME");
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHoldOnly();
    }

    [SkippableFact]
    public async Task A_disk_that_fills_up_on_the_way_is_reported()
    {
        Skip.IfNot(File.Exists("/dev/full"), "no /dev/full, the disk that is always full");
        Directory.CreateDirectory(_folder.Cache);
        File.CreateSymbolicLink(_folder.PartialFile, "/dev/full");
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Retrying);

        error.Message.Should().Contain("The disk is full").And.Contain("TORCH_HOME");
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_mirror_that_is_no_address_is_reported()
    {
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(
            TestWeights.Of(server), _folder.Options with { Mirror = new Uri("mirror/pub", UriKind.Relative) });

        error.Message.Should().Contain("option Mirror").And.NotContain("mirror/pub");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_mirror_without_the_file_is_named()
    {
        using var mirror = new LoopbackServer(new HttpAnswer([], "404 Not Found"));
        var weights = TestWeights.At(new Uri($"http://weights.invalid/{TestWeights.FileName}"));

        var error = await _folder.Fails(weights, _folder.Options with { Mirror = new Uri($"http://me:secret@{mirror.Address}/pub") });

        error.Message.Should().Contain($"http://{mirror.Address}/pub/{TestWeights.FileName}").And.NotContain("secret");
    }
}
