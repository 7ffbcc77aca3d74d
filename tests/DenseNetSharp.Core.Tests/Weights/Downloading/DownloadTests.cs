using DenseNetSharp.Checkpoints;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Downloads that go well.</summary>
public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] _content = TestWeights.Content;

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_not_in_the_cache_is_downloaded_and_then_found_there()
    {
        using var server = new LoopbackServer(_content);
        var weights = TestWeights.Of(server);
        weights.FindCachedFile(_folder.Options).Should().BeNull();

        await _folder.Succeeds(weights);
        await _folder.Succeeds(weights);

        weights.FindCachedFile(_folder.Options).Should().Be(_folder.CachedFile);
        server.Requests.Should().HaveCount(1);
        _folder.Log.Text.Should().Be(
            $"Downloading the weights Net_Weights.TEST from {weights.Url} to {_folder.CachedFile}\n"
            + $"Downloaded the weights Net_Weights.TEST to {_folder.CachedFile}\n"
            + $"The weights Net_Weights.TEST are in the cache: {_folder.CachedFile}");
    }

    [Fact]
    public void The_synchronous_way_gives_the_same()
    {
        using var server = new LoopbackServer(_content);

        File.ReadAllBytes(TestWeights.Of(server).GetFile(_folder.Options)).Should().Equal(_content);
    }

    [Fact]
    public async Task A_server_need_not_say_how_long_the_file_is()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content) { ContentLength = null });

        await _folder.Succeeds(TestWeights.Of(server));

        _folder.Progress.Reports[^1].Should().Be(new DownloadProgress(TestWeights.FileName, _content.Length, null));
    }

    [Fact]
    public async Task Progress_is_reported_up_to_the_whole()
    {
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        var reports = _folder.Progress.Reports;
        reports[0].Should().Be(new DownloadProgress(TestWeights.FileName, 0, _content.Length));
        reports[^1].Should().Be(new DownloadProgress(TestWeights.FileName, _content.Length, _content.Length));
        reports.Select(report => report.BytesReceived).Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task A_file_in_the_cache_is_used_offline()
    {
        _folder.HasFile(_content);
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server), _folder.Options with { Offline = true });

        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_link_to_a_file_that_is_gone_is_replaced()
    {
        Directory.CreateDirectory(_folder.Cache);
        File.CreateSymbolicLink(_folder.CachedFile, "gone");
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));
    }

    [Fact]
    public async Task Weights_without_a_known_hash_need_only_be_a_checkpoint()
    {
        using var values = new Checkpoint([new("a", CheckpointTensor.FromArray<float>([1, 2], 2))]);
        var file = Path.Combine(Directory.CreateDirectory(_folder.Cache).FullName, "a.safetensors");
        values.Save(file, CheckpointFormat.Safetensors);
        var content = File.ReadAllBytes(file);
        File.Delete(file);
        using var server = new LoopbackServer(content);

        var path = await (TestWeights.Of(server) with { Sha256Prefix = null, Architecture = null }).GetFileAsync(_folder.Options);

        File.ReadAllBytes(path).Should().Equal(content);
        _folder.ShouldHoldOnly(_folder.CachedFile);
    }

    [Fact]
    public async Task A_client_of_the_callers_is_used()
    {
        using var server = new LoopbackServer(_content);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Caller/1.0");

        await _folder.Succeeds(TestWeights.Of(server), _folder.Options with { HttpClient = client });

        server.Requests.Single().Headers["User-Agent"].Should().Be("Caller/1.0");
    }

    [Fact]
    public async Task A_mirror_is_asked_for_the_files_name_with_the_name_and_password_of_its_address()
    {
        using var mirror = new LoopbackServer(_content);
        var weights = TestWeights.At(new Uri("http://weights.invalid/models/model.safetensors")) with { FileName = TestWeights.FileName };

        await _folder.Succeeds(weights, _folder.Options with { Mirror = new Uri($"http://me:p%40ss@{mirror.Address}/pub/") });

        var request = mirror.Requests.Single();
        request.Target.Should().Be($"/pub/{TestWeights.FileName}");
        request.Headers["Authorization"].Should().Be("Basic " + Convert.ToBase64String("me:p@ss"u8));
        _folder.Log.Text.Should().Contain($"http://{mirror.Address}/pub/").And.NotContain("p@ss").And.NotContain("p%40ss");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_followed(int status)
    {
        using var server = new LoopbackServer(request => request.Target == "/elsewhere/blob?signature=1"
            ? new HttpAnswer(_content)
            : new HttpAnswer([], $"{status} Redirect") { Headers = ["Location: /elsewhere/blob?signature=1"] });

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_proxy_of_the_callers_client_is_used()
    {
        using var proxy = new LoopbackServer(_content);
        using var client = new HttpClient(new HttpClientHandler { Proxy = new System.Net.WebProxy($"http://{proxy.Address}") });
        var weights = TestWeights.At(new Uri($"http://weights.invalid/{TestWeights.FileName}"));

        await _folder.Succeeds(weights, _folder.Options with { HttpClient = client });

        proxy.Requests.Single().Target.Should().Be(weights.Url.ToString());
    }

    [Fact]
    public async Task The_proxy_that_the_environment_names_is_used()
    {
        using var proxy = new LoopbackServer(_content);
        var weights = TestWeights.At(new Uri($"http://weights.invalid/{TestWeights.FileName}"));

        // .NET reads the variables once a process.
        using var process = new RunningProgram(
            weights.Url, _folder.Cache, ("http_proxy", $"http://{proxy.Address}"), ("no_proxy", null), ("NO_PROXY", null));

        (await process.Result()).Should().Be(_folder.CachedFile);
        proxy.Requests.Single().Target.Should().Be(weights.Url.ToString());
        _folder.ShouldHaveTheFileOnly();
    }
}
