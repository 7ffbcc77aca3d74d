namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>How much may arrive, how long it may take, and how often it may break off.</summary>
public sealed class DownloadLimitTests : IDisposable
{
    private const int Megabyte = 1 << 20;
    private static readonly byte[] _content = TestWeights.Content;

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_the_file_can_have_is_refused(bool isAnnounced)
    {
        using var server = new LoopbackServer(new HttpAnswer(new byte[4 * Megabyte])
        {
            ContentLength = isAnnounced ? 4 * Megabyte : null,
        });

        var error = await _folder.Fails(TestWeights.Of(server) with { SizeInMebibytes = 1 }, _folder.Retrying);

        error.Message.Should().Contain("larger than the 1 MiB").And.Contain("deleted");
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_size_is_taken_for_rounded()
    {
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server) with { SizeInMebibytes = 0.2 });
    }

    [Fact]
    public async Task A_part_that_a_full_disk_stops_is_named()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(new HttpAnswer(_content[1000..], "206 Partial Content")
        {
            ContentLength = null,
            Headers = [$"Content-Range: bytes 1000-{long.MaxValue / 2}/{(long.MaxValue / 2) + 1}"],
        });

        var error = await _folder.Fails(TestWeights.Of(server));

        error.Message.Should().Contain("The disk is full").And.Contain($"0.0 MiB, is kept at {_folder.PartialFile}");
        _folder.ShouldHaveTheFirst(1000);
    }

    [Fact]
    public async Task A_range_shorter_than_the_rest_is_gone_on_with()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            _ => new(_content[1000..2000], "206 Partial Content") { Headers = [$"Content-Range: bytes 1000-1999/{_content.Length}"] },
            request => HttpAnswer.File(request, _content)));

        await _folder.Succeeds(TestWeights.Of(server), _folder.Retrying);

        server.Requests.Select(request => request.RangeStart).Should().Equal(1000, 2000);
        _folder.Progress.Reports[0].TotalBytes.Should().Be(_content.Length);
    }

    [Fact]
    public async Task A_server_that_breaks_off_again_and_again_comes_to_the_end()
    {
        using var server = new LoopbackServer(request => HttpAnswer.File(request, _content) is var answer
            ? answer.BrokenOffAfter(Math.Min(answer.Body.Length, 40_000))
            : null!);

        await _folder.Succeeds(TestWeights.Of(server), _folder.Options with { MaxRetries = 1 });

        server.Requests.Should().HaveCount(8);
    }

    [Fact]
    public async Task A_server_that_breaks_off_at_the_same_place_is_given_up()
    {
        using var server = new LoopbackServer(new HttpAnswer(_content).BrokenOffAfter(1000));

        await _folder.Fails(TestWeights.Of(server) with { Sha256Prefix = null }, _folder.Options with { MaxRetries = 2 });

        server.Requests.Should().HaveCount(4, "after the first, which got somewhere, there are as many retries as ever");
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task Retries_are_seen_in_the_progress()
    {
        using var server = new LoopbackServer(new HttpAnswer([], "503 Service Unavailable"));

        await _folder.Fails(TestWeights.Of(server), _folder.Options with { MaxRetries = 2 });

        _folder.Progress.Reports.Select(report => report.Status)
            .Should().Equal("server busy; retry 1 of 2 in 0 s", "server busy; retry 2 of 2 in 0 s");
    }

    [Fact]
    public async Task Waiting_for_a_process_that_does_nothing_ends()
    {
        _folder.HasPart(_content[..1000]);
        using var other = new FileStream(_folder.LockFile, FileMode.Create, FileAccess.Write, FileShare.None);
        using var server = new LoopbackServer(_content);

        var error = await _folder.Fails(
            TestWeights.Of(server), _folder.Options with { SilenceTimeout = TimeSpan.FromSeconds(0.2) });

        error.Message.Should().Contain($"the lock {_folder.LockFile}").And.Contain(_folder.PartialFile).And.Contain("0.4 seconds");
        _folder.Progress.Reports.Should().NotBeEmpty()
            .And.OnlyContain(report => report.IsWaiting && report.Status == "waiting for another process");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_lock_that_a_dead_process_left_is_none()
    {
        _folder.HasFile([]);
        File.WriteAllBytes(_folder.LockFile, [1, 2, 3]);
        using var server = new LoopbackServer(_content);

        TestWeights.Of(server).FindCachedFile(_folder.Options).Should().BeNull("the file is empty");
        await _folder.Succeeds(TestWeights.Of(server));
    }
}
