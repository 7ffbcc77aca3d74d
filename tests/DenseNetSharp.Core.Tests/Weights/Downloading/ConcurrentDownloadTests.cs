namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Several that want the same file at the same time.</summary>
public sealed class ConcurrentDownloadTests : IDisposable
{
    private static readonly byte[] _content = TestWeights.Content;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_processes_one_downloads_and_the_other_waits()
    {
        using var oneWaits = new ManualResetEventSlim();
        using var server = new LoopbackServer(request =>
        {
            oneWaits.Wait(_patience);
            return HttpAnswer.File(request, _content);
        });
        var url = server.Url(TestWeights.FileName);

        using var first = new RunningProgram(url, _folder.Cache);
        using var second = new RunningProgram(url, _folder.Cache);
        await WaitUntil(() => first.Output.Concat(second.Output).Contains("waiting"));
        oneWaits.Set();

        (await first.Result()).Should().Be(_folder.CachedFile);
        (await second.Result()).Should().Be(_folder.CachedFile);
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHaveTheFileOnly();
    }

    [Fact]
    public async Task Where_one_process_dies_the_other_goes_on()
    {
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, _content).BrokenOffAfter(1000) with { HangsAfterBody = true },
            request => HttpAnswer.File(request, _content)));
        using var first = new RunningProgram(server.Url(TestWeights.FileName), _folder.Cache);
        await WaitUntil(() => File.Exists(_folder.PartialFile) && new FileInfo(_folder.PartialFile).Length == 1000);

        var second = TestWeights.Of(server).GetFileAsync(_folder.Options);
        await WaitUntil(() => _folder.Progress.Reports.Any(report => report.IsWaiting));
        await first.Kill();

        (await second).Should().Be(_folder.CachedFile);
        server.Requests.Select(request => request.RangeStart).Should().Equal(null, 1000);
        _folder.Log.Text.Should().Contain("Waiting for another process");
        _folder.ShouldHaveTheFileOnly();
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        Directory.CreateDirectory(_folder.Cache);
        using var other = new FileStream(_folder.LockFile, FileMode.Create, FileAccess.Write, FileShare.None);
        using var server = new LoopbackServer(_content);
        using var cancellationToken = new CancellationTokenSource();
        _folder.Progress.Then = _ => cancellationToken.Cancel();

        var get = () => TestWeights.Of(server).GetFileAsync(_folder.Options, cancellationToken.Token);

        await get.Should().ThrowAsync<OperationCanceledException>();
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Many_in_one_process_download_once()
    {
        using var server = new LoopbackServer(_content);

        var paths = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => TestWeights.Of(server).GetFileAsync(_folder.Options)));

        paths.Should().AllBe(_folder.CachedFile);
        server.Requests.Should().HaveCount(1);
        _folder.ShouldHaveTheFileOnly();
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(_patience);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
