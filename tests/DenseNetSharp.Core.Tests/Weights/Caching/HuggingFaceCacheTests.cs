using DenseNetSharp.Weights;
using DenseNetSharp.Weights.Caching;

namespace DenseNetSharp.Core.Tests.Weights.Caching;

[Collection(EnvironmentCollection.Name)]
public sealed class HuggingFaceCacheTests : IDisposable
{
    private static readonly string _home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private readonly EnvironmentVariables _environment = new();
    private readonly TemporaryFolder _hub = new();
    private readonly TemporaryFolder _torch = new();

    public HuggingFaceCacheTests()
    {
        SetCache();
        _environment["HF_HUB_CACHE"] = _hub.Path;
    }

    private static PretrainedWeights Weights { get; } =
        TestWeights.At(new Uri("https://huggingface.invalid/timm/net.test/resolve/main/model.safetensors")) with
        {
            HuggingFaceId = "timm/net.test",
            FileName = "net.test.safetensors",
        };

    private string Repository => Path.Combine(_hub.Path, "models--timm--net.test");

    private WeightsDownloadOptions Options => new() { Directory = _torch.Path, Offline = true };

    public void Dispose()
    {
        _environment.Dispose();
        _hub.Dispose();
        _torch.Dispose();
    }

    [Fact]
    public void The_folder_is_huggingface_hubs_own()
    {
        SetCache();
        HuggingFaceCache.Directory.Should().Be(Path.Combine(_home, ".cache", "huggingface", "hub"));

        SetCache(xdgCacheHome: "/xdg");
        HuggingFaceCache.Directory.Should().Be("/xdg/huggingface/hub");

        SetCache(xdgCacheHome: "/xdg", home: "~/hf");
        HuggingFaceCache.Directory.Should().Be(Path.Combine(_home, "hf/hub"));

        SetCache(home: "/hf", oldCache: "/old");
        HuggingFaceCache.Directory.Should().Be("/old");

        SetCache(home: "/hf", oldCache: "/old", cache: "/new");
        HuggingFaceCache.Directory.Should().Be("/new");
    }

    [Fact]
    public async Task A_file_is_used_where_it_lies_in_the_revision_that_main_is_at()
    {
        AddSnapshot("1111", TestWeights.Content);
        var current = AddSnapshot("2222", TestWeights.Content);
        AddSnapshot("3333", TestWeights.Content);
        SetMain("2222");

        (await Weights.GetFileAsync(Options)).Should().Be(current);

        Weights.FindCachedFile(Options).Should().Be(current);
        Directory.GetFiles(_torch.Path).Should().BeEmpty();
    }

    [Fact]
    public void Without_main_the_newest_snapshot_that_has_the_file_counts()
    {
        var older = AddSnapshot("1111", [1]);
        var newer = AddSnapshot("2222", [1]);
        Directory.CreateDirectory(Path.Combine(Repository, "snapshots", "3333"));
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(older)!, DateTime.UtcNow.AddDays(-2));
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(newer)!, DateTime.UtcNow.AddDays(-1));

        Weights.FindCachedFile(Options).Should().Be(newer);
    }

    [Fact]
    public void A_link_whose_file_is_gone_does_not_count()
    {
        AddSnapshot("1111", [1]);
        SetMain("1111");
        File.Delete(Path.Combine(Repository, "blobs", "1111"));

        Weights.FindCachedFile(Options).Should().BeNull();
    }

    [Fact]
    public void A_repository_of_which_only_other_files_are_there_does_not_count()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "snapshots", "1111"));
        SetMain("1111");

        Weights.FindCachedFile(Options).Should().BeNull();
    }

    [Fact]
    public void PyTorchs_cache_comes_first()
    {
        AddSnapshot("1111", [1]);
        var path = _torch.Write("net.test.safetensors", [1]);

        Weights.FindCachedFile(Options).Should().Be(path);
    }

    [Fact]
    public async Task A_damaged_file_is_reported_by_its_own_path()
    {
        var path = AddSnapshot("1111", [1]);

        var get = () => Weights.GetFileAsync(Options);

        (await get.Should().ThrowAsync<PretrainedWeightsException>()).WithMessage($"The file {path} is damaged*Hugging Face's cache, {_hub.Path}. Delete it*");
    }

    private void SetCache(string? xdgCacheHome = null, string? home = null, string? oldCache = null, string? cache = null)
    {
        _environment["XDG_CACHE_HOME"] = xdgCacheHome;
        _environment["HF_HOME"] = home;
        _environment["HUGGINGFACE_HUB_CACHE"] = oldCache;
        _environment["HF_HUB_CACHE"] = cache;
    }

    /// <summary>As huggingface_hub does: the content is a blob, the snapshot a relative link to it.</summary>
    private string AddSnapshot(string revision, byte[] content)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(blobs.FullName, revision), content);
        var snapshot = Directory.CreateDirectory(Path.Combine(Repository, "snapshots", revision));
        var link = Path.Combine(snapshot.FullName, "model.safetensors");
        File.CreateSymbolicLink(link, Path.Combine("..", "..", "blobs", revision));
        return link;
    }

    private void SetMain(string revision)
    {
        var refs = Directory.CreateDirectory(Path.Combine(Repository, "refs"));
        File.WriteAllText(Path.Combine(refs.FullName, "main"), revision);
    }
}
