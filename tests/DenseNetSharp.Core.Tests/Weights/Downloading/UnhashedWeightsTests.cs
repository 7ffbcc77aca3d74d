using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>Weights whose hash nobody has published: their file must be a checkpoint that fits.</summary>
public sealed class UnhashedWeightsTests : IDisposable
{
    private static readonly DenseNetSpec _network = new() { BlockConfig = [1, 1], GrowthRate = 4, InitFeatures = 8, NumClasses = 2 };
    private static readonly byte[] _fitting = CheckpointOf(_network);
    private static readonly byte[] _other = CheckpointOf(_network with { NumClasses = 3 });

    private readonly DownloadFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_checkpoint_that_fits_is_kept_and_found_again()
    {
        using var server = new LoopbackServer(_fitting);

        await Of(server).GetFileAsync(_folder.Options);
        await Of(server).GetFileAsync(_folder.Options);

        File.ReadAllBytes(_folder.CachedFile).Should().Equal(_fitting);
        _folder.ShouldHoldOnly(_folder.CachedFile);
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_checkpoint_of_another_network_is_not_kept()
    {
        using var server = new LoopbackServer(_other);

        var error = await _folder.Fails(Of(server));

        error.Message.Should().Contain("no checkpoint of densenet121").And.Contain("2 of another shape, such as classifier.weight").And.Contain("deleted")
            .And.NotContain(".partial");
        _folder.ShouldHoldOnly();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_in_the_cache_that_cannot_be_used_is_reported_and_left_alone(bool isCheckpoint)
    {
        _folder.HasFile(isCheckpoint ? _other : [1, 2, 3]);
        using var server = new LoopbackServer(_fitting);

        var error = await _folder.Fails(Of(server));

        error.Message.Should().StartWith($"The file {_folder.CachedFile} is damaged: ").And.Contain("Delete it");
        server.Requests.Should().BeEmpty();
        _folder.ShouldHoldOnly(_folder.CachedFile);
    }

    [Theory]
    [InlineData("\"v2\"")]
    [InlineData(null)]
    public async Task The_rest_of_another_version_is_not_added(string? version)
    {
        string[] tag = version is null ? [] : [$"ETag: {version}"];
        using var server = new LoopbackServer(LoopbackServer.InTurn(
            request => HttpAnswer.File(request, new byte[_fitting.Length], "\"v1\"").BrokenOffAfter(1000),
            // It ignores If-Range.
            _ => new(_fitting[1000..], "206 Partial Content")
            {
                Headers = [$"Content-Range: bytes 1000-{_fitting.Length - 1}/{_fitting.Length}", .. tag],
            },
            request => HttpAnswer.File(request, _fitting, version)));

        await Of(server).GetFileAsync(_folder.Retrying);

        File.ReadAllBytes(_folder.CachedFile).Should().Equal(_fitting);
        server.Requests.Select(request => request.RangeStart).Should().Equal(null, 1000, null);
    }

    private static PretrainedWeights Of(LoopbackServer server) =>
        TestWeights.Of(server) with { Sha256Prefix = null, Architecture = _network };

    private static byte[] CheckpointOf(DenseNetSpec network)
    {
        using var folder = new TemporaryFolder();
        using var values = new Checkpoint(
            [.. network.StateDict.Where(entry => !entry.MayBeAbsent).Select(entry => new KeyValuePair<string, CheckpointTensor>(
                entry.Name,
                CheckpointTensor.FromArray(new float[entry.Shape.Aggregate(1L, (a, b) => a * b)], [.. entry.Shape])))]);
        values.Save(folder.File("a.safetensors"), CheckpointFormat.Safetensors);
        return File.ReadAllBytes(folder.File("a.safetensors"));
    }
}
