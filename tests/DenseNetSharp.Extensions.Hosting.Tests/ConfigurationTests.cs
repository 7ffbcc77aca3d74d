using System.Globalization;
using DenseNetSharp.Classification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_option_has_a_key()
    {
        var file = _folder.Write("a.pth", seed: 1);
        var expected = new Dictionary<string, object>
        {
            ["File"] = file,
            ["Engine"] = "fused",
            ["Device"] = "cpu",
            ["Threads"] = 3,
            ["Preset"] = "cifar10",
            ["Task"] = ClassificationTask.Multilabel,
            ["MaxBytes"] = 1000,
            ["MaxPixels"] = 9_000_000_000L,
            ["MaxConcurrency"] = 5,
            ["MaxQueue"] = 0,
            ["MaxBatch"] = 4,
            ["MaxBatchWait"] = TimeSpan.FromMilliseconds(7),
            ["WatchInterval"] = TimeSpan.FromSeconds(9),
            ["WarmUp"] = false,
        };
        var settings = expected.Select(entry => ($"DenseNet:chest:{entry.Key}", (string?)Convert.ToString(entry.Value, CultureInfo.InvariantCulture)))
            .Append(("DenseNet:chest:Labels:0", "cat")).Append(("DenseNet:chest:Labels:1", "dog")).Append(("DenseNet:chest:Thresholds:0", "0.25"));
        var service = Service.Create(services => services.AddDenseNet("chest"), [.. settings]);

        var options = service.Services.GetRequiredService<IOptionsMonitor<DenseNetClassifierOptions>>().Get("chest");

        options.Labels.Should().Equal("cat", "dog");
        options.Thresholds.Should().Equal(0.25f);
        var properties = typeof(DenseNetClassifierOptions).GetProperties();
        properties.Select(property => property.Name).Should().BeEquivalentTo([.. expected.Keys, "Labels", "Thresholds"]);
        foreach (var (name, value) in expected)
        {
            properties.Single(property => property.Name == name).GetValue(options).Should().Be(value, name);
        }
    }

    [Theory]
    [InlineData("File", "", "DenseNet:chest:File is not set; it names the checkpoint.")]
    [InlineData("File", "/none/a.pth", "DenseNet:chest:File is '*a.pth', and there is no such file.")]
    [InlineData("File", "/", "DenseNet:chest:File is '*', which is a folder; it must name the checkpoint in it.")]
    [InlineData("Engine", "torch", "DenseNet:chest:Engine is 'torch'; it must be fused, or a name given to UseEngine(...).")]
    [InlineData("Device", "cuda:0", "DenseNet:chest:Device is 'cuda:0', but the fused engine computes on the CPU; UseEngine(...) brings another.")]
    [InlineData("Threads", "0", "DenseNet:chest:Threads is 0; it must be from 1 to 1024.")]
    [InlineData("Threads", "abc", "DenseNet:chest:Threads is 'abc'; it must be a whole number, 2147483647 at most.")]
    [InlineData("Threads:0", "1", "DenseNet:chest:Threads is a list or a section; it must be a whole number, 2147483647 at most.")]
    [InlineData("Task", "7", "DenseNet:chest:Task is 7; it must be Multiclass or Multilabel or None.")]
    [InlineData("Task", "foo", "DenseNet:chest:Task is 'foo'; it must be Multiclass or Multilabel or None.")]
    [InlineData("Labels", "cat,dog", "DenseNet:chest:Labels is 'cat,dog'; it must be a list: DenseNet:chest:Labels:0 and so on.")]
    [InlineData("Thresholds:0", "1,5", "DenseNet:chest:Thresholds:0 is '1,5'; it must be a number.")]
    [InlineData("MaxPixels", "1e6", "DenseNet:chest:MaxPixels is '1e6'; it must be a whole number, 9223372036854775807 at most.")]
    [InlineData("WatchInterval", "5", "DenseNet:chest:WatchInterval is '5'; it must be a time such as 00:00:02.")]
    [InlineData("WarmUp", "yes", "DenseNet:chest:WarmUp is 'yes'; it must be true or false.")]
    [InlineData("Labels:0", " ", "DenseNet:chest:Labels:0 is empty; it must be a class's name.")]
    [InlineData("Thresholds:0", "1.5", "DenseNet:chest:Thresholds:0 is 1.5; it must be from 0 to 1.")]
    [InlineData("MaxBytes", "0", "DenseNet:chest:MaxBytes is 0; it must be from 1 to 2147483591.")]
    [InlineData("MaxPixels", "-1", "DenseNet:chest:MaxPixels is -1; it must be from 1 to 9223372036854775807.")]
    [InlineData("MaxConcurrency", "0", "DenseNet:chest:MaxConcurrency is 0; it must be from 1 to 2147483647.")]
    [InlineData("MaxQueue", "-1", "DenseNet:chest:MaxQueue is -1; it must be from 0 to 2147483647.")]
    [InlineData("MaxBatch", "2000", "DenseNet:chest:MaxBatch is 2000; it must be from 1 to 1024.")]
    [InlineData("MaxBatchWait", "00:02:00", "DenseNet:chest:MaxBatchWait is 00:02:00; it must be from 00:00:00 to 00:01:00.")]
    [InlineData("WatchInterval", "-00:00:01", "DenseNet:chest:WatchInterval is -00:00:01; it must be from 00:00:00 to 1.00:00:00.")]
    [InlineData("Treads", "2", "DenseNet:chest:Treads is no setting; there are File, Engine, *")]
    [InlineData("Preset", "cifar11", "DenseNet:chest:Preset is '*cifar11'; it must be one of torchvision-imagenet, *, or a JSON file.")]
    public async Task An_impossible_option_keeps_the_host_from_starting_and_names_its_key(string key, string value, string sentence)
    {
        var settings = new Dictionary<string, string?> { ["DenseNet:chest:File"] = _folder.Write("a.pth", seed: 1) };
        settings[$"DenseNet:chest:{key}"] = value;
        var service = Service.Create(services => services.AddDenseNet("chest"), [.. settings.Select(setting => (setting.Key, setting.Value))]);

        var start = service.StartAsync;

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().ContainSingle().Which.Should().Match(sentence);
    }

    [Fact]
    public async Task Every_key_that_is_wrong_has_a_sentence_and_an_empty_one_counts_as_unset()
    {
        var service = Service.Create(
            services => services.AddDenseNet("chest"),
            ("DenseNet:chest:File", _folder.Write("a.pth", seed: 1)), ("DenseNet:chest", "x"), ("DenseNet:chest:Threads", "two"), ("DenseNet:chest:MaxQueue", ""),
            ("DenseNet:chest:Engine", ""), ("DenseNet:chest:Device", ""), ("DenseNet:chest:Preset", ""), ("DenseNet:chest:Task", ""),
            ("DenseNet:chest:MaxBatch", "8 or so"), ("DenseNet:chest:Colour", "red"));

        var start = service.StartAsync;

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().SatisfyRespectively(
            section => section.Should().StartWith("DenseNet:chest is 'x'; it must be a section of File, "),
            colour => colour.Should().StartWith("DenseNet:chest:Colour is no setting;"),
            batch => batch.Should().StartWith("DenseNet:chest:MaxBatch is '8 or so';"),
            threads => threads.Should().StartWith("DenseNet:chest:Threads is 'two';"));
    }

    [Fact]
    public async Task The_classifier_without_a_name_has_its_keys_beside_the_others_sections()
    {
        var (own, chest) = (_folder.Write("own.pth", seed: 1), _folder.Write("chest.pth", seed: 2));
        await using var service = await Service.StartAsync(
            services => services.AddDenseNet("chest").Services.AddDenseNet(),
            ("DenseNet:File", own), ("DenseNet:Preset", Networks.Preset), ("DenseNet:chest:File", chest), ("DenseNet:chest:Preset", Networks.Preset));
        var image = Networks.Image();

        (await service.Classifier.ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(own, image));
    }

    [Fact]
    public async Task Another_file_in_the_configuration_takes_over_and_an_impossible_one_leaves_the_old()
    {
        var (a, b) = (_folder.Write("a.pth", seed: 1), _folder.Write("b.pth", seed: 2));
        await using var service = await Service.StartAsync(
            services => services.AddDenseNet("chest"), ("DenseNet:chest:File", a), ("DenseNet:chest:Preset", Networks.Preset));
        var image = Networks.Image();

        service.Set("DenseNet:chest:File", b);
        await Service.UntilAsync(() => service.Classifier.Classify(image).Logits.SequenceEqual(Networks.Logits(b, image)), "b answers");

        service.Set("DenseNet:chest:Threads", "0");
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Degraded, "it is degraded");
        (await service.CheckAsync("densenet")).Description.Should()
            .Be($"chest: {b} stays, for another could not be loaded: DenseNet:chest:Threads is 0; it must be from 1 to 1024.");
        service.Log.Where(line => line.Level == LogLevel.Error).Should().ContainSingle()
            .Which.Message.Should().Be($"chest: the network of {b} stays, for another could not be loaded: DenseNet:chest:Threads is 0; it must be from 1 to 1024.");
        service.Classifier.Classify(image).Logits.Should().Equal(Networks.Logits(b, image));

        service.Set("DenseNet:chest:Threads", "1");
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Healthy, "it is healthy again");
    }

    [Fact]
    public async Task A_file_that_is_named_before_it_is_there_takes_over_when_it_is()
    {
        var (a, b) = (_folder.Write("a.pth", seed: 1), _folder.File("b.pth"));
        await using var service = await Service.StartAsync(
            services => services.AddDenseNet("chest"),
            ("DenseNet:chest:File", a), ("DenseNet:chest:Preset", Networks.Preset), ("DenseNet:chest:WatchInterval", "00:00:00.050"));
        var image = Networks.Image();

        service.Set("DenseNet:chest:File", b);
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Degraded, "there is no such file");
        service.Classifier.Classify(image).Logits.Should().Equal(Networks.Logits(a, image));

        File.Move(_folder.Write("other.pth", seed: 2), b);
        await Service.UntilAsync(async () => (await service.CheckAsync("densenet")).Status == HealthStatus.Healthy, "it is there");
        service.Classifier.Classify(image).Logits.Should().Equal(Networks.Logits(b, image));
    }

    [Fact]
    public async Task A_section_beside_the_keys_of_the_classifier_without_a_name_is_another_classifiers()
    {
        var file = _folder.Write("a.pth", seed: 1);
        var service = Service.Create(
            services => services.AddDenseNet().Services.AddDenseNet("chest"),
            ("DenseNet:File", file), ("DenseNet:chest:File", file), ("DenseNet:Thresholdz:0", "0.5"));

        var start = service.StartAsync;

        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().ContainSingle()
            .Which.Should().StartWith("DenseNet:Thresholdz is no setting; there are File, ");
    }

    [Fact]
    public async Task A_device_that_an_engine_does_not_take_is_named_with_its_key()
    {
        var file = _folder.Write("a.pth", seed: 1);
        var service = Service.Create(services => services
            .AddDenseNet("chest", options => (options.File, options.Device) = (file, "banana"))
            .UseEngine("own", load => throw new ArgumentException("Requested value 'BANANA' was not found.")));

        var reload = () => service.Models.ReloadAsync();

        await reload.Should().ThrowAsync<InvalidDataException>().WithMessage(
            "DenseNet:chest:Device is 'banana', which the engine own does not take: Requested value 'BANANA' was not found.");
    }

    [Fact]
    public async Task Labels_that_are_not_one_a_class_are_refused_by_their_key()
    {
        var file = _folder.Write("a.pth", seed: 1);
        var service = Service.Create(services => services.AddDenseNet("chest", options => (options.File, options.Labels) = (file, ["cat", "dog"])));

        var reload = () => service.Models.ReloadAsync();

        await reload.Should().ThrowAsync<InvalidDataException>().WithMessage($"DenseNet:chest:Labels has 2 entries, but {file} has 3 classes.");
    }

    public void Dispose() => _folder.Dispose();
}
