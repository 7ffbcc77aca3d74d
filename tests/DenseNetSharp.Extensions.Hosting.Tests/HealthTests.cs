using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class HealthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task It_is_live_at_once_and_ready_when_the_network_has_computed()
    {
        var file = _folder.Write("a.pth", seed: 1);
        GatedNetwork? network = null;
        await using var service = Service.Create(services => services
            .AddDenseNet("chest", options => (options.File, options.Preset) = (file, Networks.Preset))
            .UseEngine("gated", load => network = new GatedNetwork(load)));
        await service.StartAsync();
        await Service.UntilAsync(() => network?.Calls.Count == 1, "it warms up");

        (await service.CheckAsync("densenet-live")).Status.Should().Be(HealthStatus.Healthy);
        (await service.CheckAsync("densenet")).Should().Be((HealthStatus.Unhealthy, "chest: no network is loaded yet"));
        var ask = () => service.Classifier.ClassifyAsync(Networks.Image());
        (await ask.Should().ThrowAsync<ImageRejectedException>()).Which.Reason.Should().Be(RejectionReason.NotReady);

        network!.Gate.Set();
        await service.Models.WaitUntilReadyAsync("chest");
        (await service.CheckAsync("densenet")).Should().Be((HealthStatus.Healthy, $"chest: {file}"));
        (await service.Classifier.ClassifyAsync(Networks.Image())).Logits.Should().HaveCount(3);
        service.Log.Should().ContainSingle(line => line.Level == LogLevel.Information && line.Message.StartsWith($"chest: {file} is loaded on the engine gated in "));
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_loaded_leaves_it_not_ready_until_another_lies_there()
    {
        var file = _folder.Write("a.pth", "no checkpoint"u8.ToArray());
        await using var service = Service.Create(services => services
            .AddDenseNet("chest", options => (options.File, options.Preset, options.WatchInterval) = (file, Networks.Preset, TimeSpan.FromMilliseconds(50))));
        await service.StartAsync();
        await Service.UntilAsync(() => service.Log.Any(line => line.Level == LogLevel.Error), "it has failed");

        var (status, description) = await service.CheckAsync("densenet");
        status.Should().Be(HealthStatus.Unhealthy);
        description.Should().StartWith($"chest: no network is loaded: {file}");
        (await service.CheckAsync("densenet-live")).Status.Should().Be(HealthStatus.Healthy);

        _folder.Write("a.pth", seed: 1);
        await service.Models.WaitUntilReadyAsync("chest").WaitAsync(TimeSpan.FromMinutes(1));
        (await service.CheckAsync("densenet")).Status.Should().Be(HealthStatus.Healthy);
        service.Log.Should().ContainSingle(line => line.Level == LogLevel.Error && line.Message.StartsWith("chest: no network is loaded, "));
    }

    public void Dispose() => _folder.Dispose();
}
