using DenseNetSharp.Weights;

namespace DenseNetSharp.Tests.Weights;

public sealed class HubCacheTests : IDisposable
{
    private static readonly string[] _variables = ["TORCH_HOME", "XDG_CACHE_HOME", "DENSENETSHARP_OFFLINE"];

    private readonly string?[] _before = _variables.Select(Environment.GetEnvironmentVariable).ToArray();

    public void Dispose()
    {
        for (var i = 0; i < _variables.Length; i++)
        {
            Environment.SetEnvironmentVariable(_variables[i], _before[i]);
        }
    }

    [SkippableTheory]
    [InlineData(null, null)]
    [InlineData(null, "/xdg")]
    [InlineData("/torch", null)]
    [InlineData("/torch", "/xdg")]
    [InlineData("~/torch", null)]
    public void The_folder_is_PyTorchs_own(string? torchHome, string? xdgCacheHome)
    {
        PythonReference.Require();
        Environment.SetEnvironmentVariable("TORCH_HOME", torchHome);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", xdgCacheHome);

        // Python is started with this process's variables.
        HubCache.Directory.Should().Be(PythonReference.Run("Weights/torch_home.py"));
    }

    [Fact]
    public async Task The_variable_DENSENETSHARP_OFFLINE_keeps_the_network_unused()
    {
        Environment.SetEnvironmentVariable("DENSENETSHARP_OFFLINE", "1");
        using var folder = new TemporaryFolder();
        var options = new WeightsDownloadOptions { Directory = folder.Path };

        var get = () => PretrainedWeightsCatalog.Get("densenet121").GetFileAsync(options);

        (await get.Should().ThrowAsync<PretrainedWeightsException>()).Which.Message.Should()
            .Contain("DENSENETSHARP_OFFLINE")
            .And.Contain("https://download.pytorch.org/models/densenet121-a639ec97.pth")
            .And.Contain(folder.File("densenet121-a639ec97.pth"));
    }
}
