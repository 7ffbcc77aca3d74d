using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights.Downloading;

/// <summary>A cache of a test's own, what the download says on its way, and what is in the cache in the end.</summary>
internal sealed class DownloadFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Cache => Path.Combine(_folder.Path, "hub", "checkpoints");

    public string CachedFile => Path.Combine(Cache, TestWeights.FileName);

    public string PartialFile => CachedFile + ".partial";

    public string LockFile => CachedFile + ".lock";

    public ProgressRecorder Progress { get; } = new();

    public LogRecorder Log { get; } = new();

    /// <summary>Without retries, so that a failure is the first one.</summary>
    public WeightsDownloadOptions Options => new()
    {
        Directory = Cache,
        Offline = false,
        MaxRetries = 0,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        Progress = Progress,
        Logger = Log,
    };

    public WeightsDownloadOptions Retrying => Options with { MaxRetries = 4 };

    public void Dispose() => _folder.Dispose();

    public void HasFile(byte[] content) => Write(CachedFile, content);

    public void HasPart(byte[] content) => Write(PartialFile, content);

    public string WriteElsewhere(string name, byte[] content) => _folder.Write(name, content);

    /// <summary>Fails as it should: with advice that names the address and the place.</summary>
    public async Task<PretrainedWeightsException> Fails(PretrainedWeights weights, WeightsDownloadOptions? options = null)
    {
        var get = () => weights.GetFileAsync(options ?? Options);
        var error = (await get.Should().ThrowAsync<PretrainedWeightsException>()).Which;
        error.Message.Should().Contain(weights.Url.ToString()).And.Contain(error.CachePath).And.Contain("pass a file of your own");
        return error;
    }

    public async Task Succeeds(PretrainedWeights weights, WeightsDownloadOptions? options = null)
    {
        (await weights.GetFileAsync(options ?? Options)).Should().Be(CachedFile);
        ShouldHaveTheFileOnly();
    }

    public void ShouldHaveTheFileOnly()
    {
        ShouldHoldOnly(CachedFile);
        File.ReadAllBytes(CachedFile).Should().Equal(TestWeights.Content);
    }

    public void ShouldHaveTheFirst(int bytes)
    {
        ShouldHoldOnly(PartialFile);
        File.ReadAllBytes(PartialFile).Should().Equal(TestWeights.Content[..bytes]);
    }

    public void ShouldHoldOnly(params string[] files) =>
        (Directory.Exists(Cache) ? Directory.GetFiles(Cache) : []).Should().Equal(files);

    private void Write(string path, byte[] content)
    {
        Directory.CreateDirectory(Cache);
        File.WriteAllBytes(path, content);
    }
}
