using System.Security.Cryptography;
using DenseNetSharp.Architectures;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Tests.Weights;

public sealed class PretrainedWeightsTests : IDisposable
{
    private static readonly byte[] _content = Content(300_000);
    private static readonly string _hash = Convert.ToHexStringLower(SHA256.HashData(_content));

    private readonly TemporaryFolder _folder = new();

    private string Cache => Path.Combine(_folder.Path, "hub", "checkpoints");

    private string CachedFile => Path.Combine(Cache, "net-0123.pth");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_not_in_the_cache_is_downloaded_and_then_found_there()
    {
        using var server = new LoopbackServer(_content);

        var path = await Weights(server).GetFileAsync(Options());
        var again = await Weights(server).GetFileAsync(Options());

        path.Should().Be(CachedFile).And.Be(again);
        File.ReadAllBytes(path).Should().Equal(_content);
        server.Requests.Should().Be(1);
        ShouldHoldOnly(CachedFile);
    }

    [Fact]
    public void The_synchronous_way_gives_the_same()
    {
        using var server = new LoopbackServer(_content);

        File.ReadAllBytes(Weights(server).GetFile(Options())).Should().Equal(_content);
    }

    [Fact]
    public async Task A_server_need_not_say_how_long_the_file_is()
    {
        using var server = new LoopbackServer(_content, contentLength: null);

        File.ReadAllBytes(await Weights(server).GetFileAsync(Options())).Should().Equal(_content);
    }

    [Fact]
    public async Task Progress_is_reported_up_to_the_whole()
    {
        using var server = new LoopbackServer(_content);
        var progress = new Recorder();

        await Weights(server).GetFileAsync(Options() with { Progress = progress });

        progress.Reports[0].Should().Be(new DownloadProgress("net-0123.pth", 0, _content.Length));
        progress.Reports[^1].Should().Be(new DownloadProgress("net-0123.pth", _content.Length, _content.Length));
        progress.Reports.Select(report => report.BytesReceived).Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task A_file_in_the_cache_is_used_offline()
    {
        Directory.CreateDirectory(Cache);
        File.WriteAllBytes(CachedFile, _content);
        using var server = new LoopbackServer([]);

        var path = await Weights(server).GetFileAsync(Options() with { Offline = true });

        path.Should().Be(CachedFile);
        server.Requests.Should().Be(0);
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_reported_and_left_alone()
    {
        Directory.CreateDirectory(Cache);
        File.WriteAllBytes(CachedFile, [1, 2, 3]);
        using var server = new LoopbackServer(_content);

        var error = await Fails(Weights(server), Options());

        error.Message.Should().Contain(CachedFile).And.Contain("damaged").And.Contain("Delete it").And.Contain(_hash[..8]);
        File.ReadAllBytes(CachedFile).Should().Equal(1, 2, 3);
        server.Requests.Should().Be(0);
    }

    [Fact]
    public async Task Weights_without_a_known_hash_are_taken_as_they_are()
    {
        using var server = new LoopbackServer(_content);

        var path = await (Weights(server) with { Sha256Prefix = null }).GetFileAsync(Options());

        File.ReadAllBytes(path).Should().Equal(_content);
    }

    [Fact]
    public async Task Offline_without_the_file_names_the_URL_the_place_and_the_variable()
    {
        using var server = new LoopbackServer(_content);

        var error = await Fails(Weights(server), Options() with { Offline = true });

        error.Message.Should().Contain("DENSENETSHARP_OFFLINE");
        server.Requests.Should().Be(0);
    }

    [Fact]
    public async Task An_answer_with_another_hash_is_not_kept()
    {
        using var server = new LoopbackServer("<html>Please log in</html>"u8.ToArray());

        var error = await Fails(Weights(server), Options());

        error.Message.Should().Contain("is not the file").And.Contain(_hash[..8]);
        ShouldHoldOnly();
    }

    [Fact]
    public async Task An_error_of_the_server_is_passed_on()
    {
        using var server = new LoopbackServer([], "404 Not Found");

        (await Fails(Weights(server), Options())).Message.Should().Contain("404");
        ShouldHoldOnly();
    }

    [Fact]
    public async Task A_body_that_ends_too_early_is_not_kept()
    {
        using var server = new LoopbackServer(_content[..1000], contentLength: _content.Length);

        (await Fails(Weights(server), Options())).InnerException.Should().BeAssignableTo<IOException>();
        ShouldHoldOnly();
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        using var server = new LoopbackServer(_content[..1000], contentLength: _content.Length, hangsBeforeTheEnd: true);

        var error = await Fails(Weights(server), Options() with { SilenceTimeout = TimeSpan.FromSeconds(0.5) });

        error.Message.Should().Contain("sent nothing");
        ShouldHoldOnly();
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_reported()
    {
        Uri url;
        using (var server = new LoopbackServer([]))
        {
            url = server.Url("net-0123.pth");
        }

        (await Fails(Weights(url), Options())).InnerException.Should().BeOfType<HttpRequestException>();
    }

    [Fact]
    public async Task A_cancelled_download_leaves_nothing()
    {
        using var server = new LoopbackServer(_content[..1000], contentLength: _content.Length, hangsBeforeTheEnd: true);
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder { Then = report => CancelAfterFirstBytes(report, cancellation) };

        var get = () => Weights(server).GetFileAsync(Options() with { Progress = progress }, cancellation.Token);

        await get.Should().ThrowAsync<OperationCanceledException>();
        ShouldHoldOnly();
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_reported()
    {
        var file = _folder.Write("no-folder", [0]);
        using var server = new LoopbackServer(_content);

        var error = await Fails(Weights(server), new WeightsDownloadOptions { Directory = Path.Combine(file, "x") });

        error.Message.Should().Contain(Path.Combine(file, "x"));
    }

    [Fact]
    public async Task Downloads_at_the_same_time_end_with_one_good_file()
    {
        using var server = new LoopbackServer(_content);

        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Weights(server).GetFileAsync(Options())));

        paths.Should().AllBe(CachedFile);
        File.ReadAllBytes(CachedFile).Should().Equal(_content);
        ShouldHoldOnly(CachedFile);
    }

    [Fact]
    public async Task A_client_of_the_callers_is_used()
    {
        using var server = new LoopbackServer(_content);
        using var handler = new CountingHandler();
        using var client = new HttpClient(handler);

        await Weights(server).GetFileAsync(Options() with { HttpClient = client });

        handler.Requests.Should().Be(1);
    }

    private static void CancelAfterFirstBytes(DownloadProgress report, CancellationTokenSource cancellation)
    {
        if (report.BytesReceived > 0)
        {
            cancellation.Cancel();
        }
    }

    private static async Task<PretrainedWeightsException> Fails(PretrainedWeights weights, WeightsDownloadOptions options)
    {
        var get = () => weights.GetFileAsync(options);
        var error = (await get.Should().ThrowAsync<PretrainedWeightsException>()).Which;
        error.Message.Should().Contain(weights.Url.ToString()).And.Contain(error.CachePath).And.Contain("pass a file of your own");
        return error;
    }

    private static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return content;
    }

    private static PretrainedWeights Weights(LoopbackServer server) => Weights(server.Url("net-0123.pth"));

    private static PretrainedWeights Weights(Uri url) => new()
    {
        Name = "Net_Weights.TEST",
        Architecture = DenseNetSpec.Densenet121,
        Url = url,
        Sha256Prefix = _hash[..8],
        Categories = ["a", "b"],
        Recipe = "none",
        License = "none",
    };

    private WeightsDownloadOptions Options() => new() { Directory = Cache, Offline = false };

    private void ShouldHoldOnly(params string[] files) =>
        (Directory.Exists(Cache) ? Directory.GetFiles(Cache) : []).Should().Equal(files);

    private sealed class Recorder : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public Action<DownloadProgress> Then { get; init; } = _ => { };

        public void Report(DownloadProgress value)
        {
            Reports.Add(value);
            Then(value);
        }
    }

    private sealed class CountingHandler() : DelegatingHandler(new HttpClientHandler())
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
