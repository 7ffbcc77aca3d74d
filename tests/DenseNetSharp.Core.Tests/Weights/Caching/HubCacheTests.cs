using DenseNetSharp.Core.Tests.Weights.Downloading;
using DenseNetSharp.Weights;
using DenseNetSharp.Weights.Caching;

namespace DenseNetSharp.Core.Tests.Weights.Caching;

[Collection(EnvironmentCollection.Name)]
public sealed class HubCacheTests : IDisposable
{
    private readonly EnvironmentVariables _environment = new();

    public void Dispose() => _environment.Dispose();

    [SkippableTheory]
    [InlineData(null, null)]
    [InlineData(null, "/xdg")]
    [InlineData("/torch", null)]
    [InlineData("/torch", "/xdg")]
    [InlineData("~/torch", null)]
    public void The_folder_is_PyTorchs_own(string? torchHome, string? xdgCacheHome)
    {
        PythonReference.Require();
        _environment["TORCH_HOME"] = torchHome;
        _environment["XDG_CACHE_HOME"] = xdgCacheHome;

        // Python is started with this process's variables.
        HubCache.Directory.Should().Be(PythonReference.Run("Weights/torch_home.py"));
    }

    [Fact]
    public async Task A_file_that_PyTorch_downloaded_is_found()
    {
        using var torch = new TemporaryFolder();
        _environment["TORCH_HOME"] = torch.Path;
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(torch.Path, "hub", "checkpoints")).FullName, TestWeights.FileName);
        File.WriteAllBytes(path, TestWeights.Content);
        var weights = TestWeights.At(new Uri($"https://example.invalid/{TestWeights.FileName}"));

        weights.FindCachedFile().Should().Be(path);
        (await weights.GetFileAsync()).Should().Be(path);
    }

    [Fact]
    public async Task The_variable_DENSENETSHARP_OFFLINE_keeps_the_network_unused()
    {
        _environment["DENSENETSHARP_OFFLINE"] = "1";
        using var folder = new TemporaryFolder();
        var options = new WeightsDownloadOptions { Directory = folder.Path };

        var get = () => PretrainedWeightsCatalog.Get("densenet121").GetFileAsync(options);

        (await get.Should().ThrowAsync<PretrainedWeightsException>()).Which.Message.Should()
            .Contain("DENSENETSHARP_OFFLINE")
            .And.Contain("https://download.pytorch.org/models/densenet121-a639ec97.pth")
            .And.Contain(folder.File("densenet121-a639ec97.pth"));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("True")]
    [InlineData("YES")]
    [InlineData("on")]
    public async Task The_variable_is_understood_however_it_says_so(string value)
    {
        _environment["DENSENETSHARP_OFFLINE"] = value;
        using var folder = new DownloadFolder();

        var error = await folder.Fails(
            TestWeights.At(new Uri("http://weights.invalid/net.pth")), folder.Options with { Offline = null });

        error.Message.Should().Contain("by DENSENETSHARP_OFFLINE");
    }

    [Fact]
    public void A_home_folder_that_is_yet_to_be_made_is_one()
    {
        _environment["TORCH_HOME"] = null;
        _environment["XDG_CACHE_HOME"] = null;
        _environment[OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME"] = "/does/not/exist/yet";

        HubCache.Directory.Should().Be(Path.Combine("/does/not/exist/yet/.cache", "torch", "hub", "checkpoints"));
    }

    [Fact]
    public async Task A_mirrors_query_stays()
    {
        using var folder = new DownloadFolder();
        using var mirror = new LoopbackServer(TestWeights.Content);
        _environment["DENSENETSHARP_MIRROR"] = $"http://{mirror.Address}/pub/?key=s3cret";

        await folder.Succeeds(TestWeights.At(new Uri($"http://weights.invalid/{TestWeights.FileName}")));

        mirror.Requests.Single().Target.Should().Be($"/pub/{TestWeights.FileName}?key=s3cret");
        folder.Log.Text.Should().NotContain("s3cret");
    }

    [Fact]
    public async Task The_variable_DENSENETSHARP_MIRROR_names_another_server()
    {
        using var folder = new DownloadFolder();
        using var mirror = new LoopbackServer(TestWeights.Content);
        _environment["DENSENETSHARP_MIRROR"] = $"http://{mirror.Address}/pub";

        await folder.Succeeds(TestWeights.At(new Uri($"http://weights.invalid/{TestWeights.FileName}")));

        mirror.Requests.Single().Target.Should().Be($"/pub/{TestWeights.FileName}");
    }
}
