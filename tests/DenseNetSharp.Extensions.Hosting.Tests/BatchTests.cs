using DenseNetSharp.Classification;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class BatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private GatedNetwork? _network;

    [Fact]
    public async Task Images_that_come_while_the_network_computes_are_its_next_batches()
    {
        await using var service = await StartAsync(options => (options.MaxBatch, options.MaxConcurrency) = (4, 16));
        var images = Enumerable.Range(0, 10).Select(seed => Networks.Image(seed)).ToList();
        var results = new List<Task<ClassificationResult>> { service.Classifier.ClassifyAsync(images[0]) };
        await Service.UntilAsync(() => _network!.Calls.Count == 1, "the first computes");
        results.AddRange(images[1..].Select(image => service.Classifier.ClassifyAsync(image)));
        await Task.Delay(200);

        _network!.Gate.Set();
        await Task.WhenAll(results);

        _network.Calls.Should().Equal(1, 4, 4, 1);
        foreach (var (image, result) in images.Zip(results))
        {
            // An image's scores on the fused engine have the same bits whatever its company.
            (await result).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), image));
        }
    }

    [Fact]
    public async Task An_image_waits_for_others_as_long_as_it_is_told()
    {
        await using var service = await StartAsync(options => (options.MaxBatch, options.MaxBatchWait) = (2, TimeSpan.FromMinutes(1)));
        _network!.Gate.Set();
        var first = service.Classifier.ClassifyAsync(Networks.Image(1));
        await Task.Delay(200);
        first.IsCompleted.Should().BeFalse();

        await Task.WhenAll(first, service.Classifier.ClassifyAsync(Networks.Image(2)));

        _network.Calls.Should().Equal(2);
    }

    [Fact]
    public async Task A_cancelled_request_leaves_the_others_alone()
    {
        await using var service = await StartAsync(options => (options.MaxBatch, options.MaxConcurrency) = (4, 16));
        using var cancellation = new CancellationTokenSource();
        var computing = service.Classifier.ClassifyAsync(Networks.Image(1), cancellation.Token);
        await Service.UntilAsync(() => _network!.Calls.Count == 1, "the first computes");
        var waiting = service.Classifier.ClassifyAsync(Networks.Image(2), cancellation.Token);
        var other = service.Classifier.ClassifyAsync(Networks.Image(3));
        await Task.Delay(200);

        await cancellation.CancelAsync();
        await ((Func<Task>)(() => waiting)).Should().ThrowAsync<OperationCanceledException>();
        // The one that is computed holds its image, and so its place.
        computing.IsCompleted.Should().BeFalse();

        _network!.Gate.Set();
        (await computing).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), Networks.Image(1)));
        (await other).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), Networks.Image(3)));
        _network.Calls.Should().Equal(1, 1);
    }

    [Fact]
    public async Task An_image_that_waits_for_others_is_computed_when_the_host_is_told_to_end()
    {
        await using var service = await StartAsync(options => (options.MaxBatch, options.MaxBatchWait) = (2, TimeSpan.FromMinutes(1)));
        _network!.Gate.Set();
        var waiting = service.Classifier.ClassifyAsync(Networks.Image(1));
        await Task.Delay(200);
        waiting.IsCompleted.Should().BeFalse();

        await service.StopAsync();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), Networks.Image(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_end_waits_for_what_is_computed_and_rejects_what_waits(int batch)
    {
        var service = await StartAsync(options => (options.MaxBatch, options.MaxConcurrency) = (batch, batch == 1 ? 1 : 16));
        var computing = service.Classifier.ClassifyAsync(Networks.Image(1));
        await Service.UntilAsync(() => _network!.Calls.Count == 1, "the first computes");
        var waiting = service.Classifier.ClassifyAsync(Networks.Image(2));

        var end = Task.Run(async () => await service.DisposeAsync());
        await Task.Delay(300);
        (end.IsCompleted, _network!.IsDisposed).Should().Be((false, false));
        _network.Gate.Set();
        await end;

        _network.IsDisposed.Should().BeTrue();
        (await computing).Logits.Should().Equal(Networks.Logits(_folder.File("a.pth"), Networks.Image(1)));
        (await ((Func<Task>)(() => waiting)).Should().ThrowAsync<ImageRejectedException>())
            .WithMessage("The classifier default is no longer in service.").Which.Reason.Should().Be(RejectionReason.NotReady);
    }

    [Fact]
    public async Task Images_of_several_sizes_go_size_by_size()
    {
        var preset = _folder.Write("own.json", """{"name": "own", "mean": [0, 0, 0], "std": [1, 1, 1]}"""u8.ToArray());
        await using var service = await StartAsync(options =>
            (options.MaxBatch, options.MaxBatchWait, options.Preset) = (4, TimeSpan.FromSeconds(20), preset));
        _network!.Gate.Set();

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => service.Classifier.ClassifyAsync(Networks.Image(i, width: 40 + (8 * (i % 2))))));

        results.Should().OnlyContain(result => result.IsValid);
        _network.Calls.Should().Equal(2, 2);
    }

    [Fact]
    public async Task On_libtorch_a_batch_gives_what_images_give_alone()
    {
        var file = _folder.Write("a.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.Preset, options.MaxBatch, options.MaxBatchWait) = (file, Networks.Preset, 8, TimeSpan.FromSeconds(20)))
            .UseEngine("torch", load => DenseNetFactory.FromCheckpoint(load.Checkpoint, options: new() { Device = torch.device(load.Device ?? "cpu") })));
        var images = Enumerable.Range(0, 8).Select(seed => Networks.Image(seed)).ToList();

        var results = await Task.WhenAll(images.Select(image => service.Classifier.ClassifyAsync(image)));

        foreach (var (image, result) in images.Zip(results))
        {
            var alone = Networks.Logits(file, image);
            result.Logits.Zip(alone, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f * alone.Max(Math.Abs));
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<Service> StartAsync(Action<DenseNetClassifierOptions> configure)
    {
        var file = _folder.Write("a.pth", seed: 1);
        return Service.StartAsync(services => services
            .AddDenseNet(options =>
            {
                (options.File, options.Preset, options.WarmUp) = (file, Networks.Preset, false);
                configure(options);
            })
            .UseEngine("gated", load => _network = new GatedNetwork(load)));
    }
}
