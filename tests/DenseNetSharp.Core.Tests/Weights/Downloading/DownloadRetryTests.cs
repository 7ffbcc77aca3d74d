using System.Diagnostics;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Downloads that break off: trying again, and going on where they were.</summary>
public sealed class DownloadRetryTests : IDisposable
{
    private static readonly byte[] _content = TestWeights.Content;

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("408 Request Timeout")]
    [InlineData("429 Too Many Requests")]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Service Unavailable")]
    public async Task A_server_that_is_busy_is_asked_again(string status)
    {
        var busy = new HttpAnswer("<html>Later</html>"u8.ToArray(), status) { Headers = ["Content-Type: text/html"] };
        using var server = new LoopbackServer(busy, busy, new HttpAnswer(_content));

        await _folder.Succeeds(TestWeights.Of(server), _folder.Retrying);

        server.Requests.Should().HaveCount(3);
        _folder.Log.Text.Should().Contain("Retry 1").And.Contain("Retry 2").And.Contain(status);
    }

    [Fact]
    public async Task A_server_that_stays_busy_is_given_up()
    {
        using var server = new LoopbackServer(new HttpAnswer([], "503 Service Unavailable"));

        var error = await _folder.Fails(TestWeights.Of(server), _folder.Options with { MaxRetries = 2 });

        error.Message.Should().Contain("just now (503 Service Unavailable)");
        server.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_server_may_say_how_long_to_wait()
    {
        var busy = new HttpAnswer([], "429 Too Many Requests") { Headers = ["Retry-After: 1"] };
        using var server = new LoopbackServer(busy, new HttpAnswer(_content));
        var clock = Stopwatch.StartNew();

        await _folder.Succeeds(TestWeights.Of(server), _folder.Retrying);

        clock.Elapsed.Should().BeGreaterThan(TimeSpan.FromSeconds(0.9));
        _folder.Log.Text.Should().Contain("Retry 1 of net-0123.pth in 1.0 seconds");
    }

    [Fact]
    public async Task A_silence_is_tried_again()
    {
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, _content).BrokenOffAfter(1000) with { HangsAfterBody = true },
            request => HttpAnswer.File(request, _content)));

        await _folder.Succeeds(
            TestWeights.Of(server), _folder.Retrying with { SilenceTimeout = TimeSpan.FromSeconds(1.5) });

        server.Requests.Select(request => request.RangeStart).Should().Equal(null, 1000);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_gone_on_with()
    {
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, _content, "\"v1\"").BrokenOffAfter(1000),
            request => HttpAnswer.File(request, _content, "\"v1\"").BrokenOffAfter(100_000),
            request => HttpAnswer.File(request, _content, "\"v1\"")));

        await _folder.Succeeds(TestWeights.Of(server), _folder.Retrying);

        server.Requests.Select(request => request.RangeStart).Should().Equal(null, 1000, 101_000);
        server.Requests.Skip(1).Should().AllSatisfy(request => request.Headers["If-Range"].Should().Be("\"v1\""));
        _folder.Log.Text.Should().Contain("Resuming the download of net-0123.pth after 101000 bytes");
        _folder.Progress.Reports.Should().AllSatisfy(report => report.TotalBytes.Should().Be(_content.Length));
    }

    [Fact]
    public async Task A_file_that_changes_on_the_way_is_started_over()
    {
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, new byte[_content.Length], "\"v1\"").BrokenOffAfter(1000),
            request => HttpAnswer.File(request, _content, "\"v2\"")));

        await _folder.Succeeds(TestWeights.Of(server), _folder.Retrying);

        server.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Without_a_hash_and_without_a_version_a_file_is_started_over()
    {
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, _content).BrokenOffAfter(1000),
            request => HttpAnswer.File(request, "<html>"u8.ToArray())));

        await _folder.Fails(TestWeights.Of(server) with { Sha256Prefix = null }, _folder.Retrying);

        server.Requests.Should().HaveCount(2).And.OnlyContain(request => request.RangeStart == null);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_part_of_an_earlier_run_is_gone_on_with()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Single().RangeStart.Should().Be(1000);
        _folder.Progress.Reports[0].Should().Be(new DownloadProgress(TestWeights.FileName, 1000, _content.Length));
    }

    [Fact]
    public async Task A_part_that_is_all_there_is_only_checked()
    {
        _folder.HasPart(_content);
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Single().RangeStart.Should().Be(_content.Length);
    }

    [Fact]
    public async Task A_part_longer_than_the_file_is_started_over()
    {
        _folder.HasPart(new byte[_content.Length + 1]);
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Select(request => request.RangeStart).Should().Equal(_content.Length + 1, null);
    }

    [Fact]
    public async Task A_part_of_another_file_is_started_over()
    {
        _folder.HasPart(new byte[1000]);
        using var server = new LoopbackServer(_content);

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Select(request => request.RangeStart).Should().Equal(1000, null);
        _folder.Log.Text.Should().Contain("from zero");
    }

    [Fact]
    public async Task A_server_that_has_another_file_is_believed_after_two_attempts()
    {
        _folder.HasPart(new byte[1000]);
        using var server = new LoopbackServer(new byte[2000]);

        (await _folder.Fails(TestWeights.Of(server))).Message.Should().Contain("is not the file");

        server.Requests.Should().HaveCount(2);
        _folder.ShouldHoldOnly();
    }

    [Fact]
    public async Task A_server_without_ranges_sends_the_file_anew()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(new HttpAnswer(_content));

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_range_that_was_not_asked_for_is_not_used()
    {
        _folder.HasPart(_content[..1000]);
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            _ => new(_content[500..], "206 Partial Content") { Headers = [$"Content-Range: bytes 500-299999/{_content.Length}"] },
            request => HttpAnswer.File(request, _content)));

        await _folder.Succeeds(TestWeights.Of(server));

        server.Requests.Select(request => request.RangeStart).Should().Equal(1000, null);
    }
}
