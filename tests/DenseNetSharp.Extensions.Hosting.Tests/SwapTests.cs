using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TorchSharp;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class SwapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, int> Engines => new() { { "fused", 1 }, { "torch", 1 }, { "torch", 4 } };

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_thousand_swaps_under_load_fail_no_request_and_every_answer_is_one_networks_own(string engine, int batch)
    {
        const int Swaps = 1000;
        TorchThreads.Configure(1);
        string[] files = [_folder.Write("a.pth", seed: 1), _folder.Write("b.pth", seed: 2)];
        var current = 0;
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options =>
            {
                (options.File, options.Preset, options.Engine) = (files[current], Networks.Preset, engine);
                (options.MaxBatch, options.MaxConcurrency, options.WatchInterval) = (batch, 4, TimeSpan.Zero);
            })
            .UseEngine("torch", load => DenseNetFactory.FromCheckpoint(load.Checkpoint, options: new() { Device = torch.CPU })));
        var image = Networks.Image();
        var file = Networks.Png(image);
        float[][] expected = engine == "fused" ? [Networks.Logits(files[0], image), Networks.Logits(files[1], image)] : [OnTorch(files[0], image), OnTorch(files[1], image)];
        expected[0].Should().NotEqual(expected[1]);
        var answers = new long[2];
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(AskAsync)).ToList();

        for (var i = 1; i <= Swaps; i++)
        {
            current = i % 2;
            await service.Models.ReloadAsync();
        }

        await end.CancelAsync();
        await Task.WhenAll(clients);
        answers.Should().OnlyContain(count => count > 100);
        await Service.UntilAsync(() => service.Log.Count(line => line.Message.EndsWith("is gone", StringComparison.Ordinal)) == Swaps, "the old ones are gone");

        async Task AskAsync()
        {
            while (!end.IsCancellationRequested)
            {
                var result = await service.Classifier.ClassifyAsync(file);
                // libtorch sums a batch in another order than one image.
                var which = Array.FindIndex(expected, logits => logits.Zip(result.Logits, (a, b) => Math.Abs(a - b)).Max() <= (batch == 1 ? 0 : 1e-4));
                which.Should().NotBe(-1, "{0} is neither network's answer", string.Join(' ', result.Logits));
                Interlocked.Increment(ref answers[which]);
            }
        }
    }

    [Fact]
    public async Task The_old_network_stays_until_its_last_prediction_has_ended()
    {
        var networks = new List<GatedNetwork>();
        var file = _folder.Write("a.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.Preset, options.WarmUp, options.MaxConcurrency) = (file, Networks.Preset, false, 2))
            .UseEngine("gated", load =>
            {
                networks.Add(new GatedNetwork(load));
                return networks[^1];
            }));
        var image = Networks.Image();
        var first = service.Classifier.ClassifyAsync(image);
        await Service.UntilAsync(() => networks[0].Calls.Count == 1, "the first prediction is under way");

        _folder.Write("a.pth", seed: 2);
        await service.Models.ReloadAsync();
        networks[1].Gate.Set();
        (await service.Classifier.ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(file, image));

        networks[0].IsDisposed.Should().BeFalse();
        networks[0].Gate.Set();
        (await first).Logits.Should().NotEqual(Networks.Logits(file, image));
        networks[0].IsDisposed.Should().BeTrue();
        networks[1].IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task A_changed_file_takes_over_and_a_half_written_one_waits_for_its_other_half()
    {
        var file = _folder.Write("a.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.Preset, options.WatchInterval) = (file, Networks.Preset, TimeSpan.FromMilliseconds(50))));
        var image = Networks.Image();
        var (old, other) = (Networks.Logits(file, image), _folder.Write("b.pth", seed: 2));
        var bytes = await File.ReadAllBytesAsync(other);

        await File.WriteAllBytesAsync(file, bytes[..(bytes.Length / 2)]);
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Degraded, "the half is refused");
        service.Classifier.Classify(image).Logits.Should().Equal(old);

        await File.WriteAllBytesAsync(file, bytes);
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Healthy, "the whole is taken");
        service.Classifier.Classify(image).Logits.Should().Equal(Networks.Logits(other, image));
    }

    [SkippableFact]
    public async Task A_link_to_another_folder_takes_over_though_its_file_has_the_same_length_and_time()
    {
        Skip.If(OperatingSystem.IsWindows(), "links take a privilege there");
        var time = new DateTime(2001, 9, 9, 1, 46, 40, DateTimeKind.Utc);
        foreach (var seed in new[] { 1, 2 })
        {
            Directory.CreateDirectory(_folder.File($"r{seed}"));
            File.SetLastWriteTimeUtc(_folder.Write($"r{seed}/a.pth", seed), time);
        }

        var link = _folder.File("current");
        Directory.CreateSymbolicLink(link, "r1");
        var file = Path.Combine(link, "a.pth");
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.Preset, options.WatchInterval) = (file, Networks.Preset, TimeSpan.FromMilliseconds(50))));
        var image = Networks.Image();
        service.Classifier.Classify(image).Logits.Should().Equal(Networks.Logits(_folder.File("r1/a.pth"), image));

        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, "r2");

        var expected = Networks.Logits(_folder.File("r2/a.pth"), image);
        await Service.UntilAsync(() => service.Classifier.Classify(image).Logits.SequenceEqual(expected), "the other one answers");
    }

    [Fact]
    public async Task A_changed_description_beside_the_checkpoint_takes_over()
    {
        var file = _folder.Write("a.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.WatchInterval) = (file, TimeSpan.FromMilliseconds(50))));

        new RunDescription { Preset = ImagePreset.Cifar10, ClassNames = ["cat", "dog", "horse"] }.Save(_folder.File(RunDescription.FileName));

        await Service.UntilAsync(() => service.Classifier.Labels is not null, "the description is read");
        service.Classifier.Labels.Should().Equal("cat", "dog", "horse");
        service.Classifier.Preset.Name.Should().Be("cifar10");
    }

    [Fact]
    public async Task Weights_that_are_not_numbers_never_take_over()
    {
        var file = _folder.Write("a.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services
            .AddDenseNet(options => (options.File, options.Preset, options.WatchInterval) = (file, Networks.Preset, TimeSpan.Zero)));
        var image = Networks.Image();
        var old = Networks.Logits(file, image);
        using (var checkpoint = RandomNetwork.Create(Networks.Spec))
        using (var broken = new Checkpoints.Checkpoint(checkpoint.Tensors.Select(entry => entry.Key == "classifier.bias"
            ? KeyValuePair.Create(entry.Key, Checkpoints.CheckpointTensor.FromArray([float.NaN, 0, 0], [3L]))
            : entry)))
        {
            broken.Save(file);
        }

        var reload = () => service.Models.ReloadAsync();

        await reload.Should().ThrowAsync<InvalidDataException>().WithMessage($"{file} has weights that give a gray image scores that are not numbers.");
        service.Classifier.Classify(image).Logits.Should().Equal(old);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] OnTorch(string path, RgbImage image)
    {
        using var network = DenseNetFactory.FromCheckpoint(path);
        return [.. new ImageClassifier(network, ImagePreset.Cifar10).Classify(image).Logits];
    }
}
