using DenseNetSharp.Classification;
using Microsoft.Extensions.DependencyInjection;

namespace DenseNetSharp.Extensions.Hosting.Tests;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Each_name_has_its_own_network_and_the_first_is_the_one_without_a_name()
    {
        var (chest, skin) = (_folder.Write("chest.pth", seed: 1), _folder.Write("skin.pth", seed: 2));
        await using var service = await Service.StartAsync(services =>
        {
            services.AddDenseNet("chest", options => (options.File, options.Preset) = (chest, Networks.Preset));
            services.AddDenseNet("skin", options => (options.File, options.Preset) = (skin, Networks.Preset));
        });
        await service.Models.WaitUntilReadyAsync("skin");
        var image = Networks.Image();

        (await service.Classifier.ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(chest, image));
        (await Keyed("chest").ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(chest, image));
        (await Keyed("skin").ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(skin, image));

        IImageClassifier Keyed(string name) => service.Services.GetRequiredKeyedService<IImageClassifier>(name);
    }

    [Fact]
    public async Task One_without_a_name_is_the_one_without_a_key_whatever_the_order()
    {
        var (chest, other) = (_folder.Write("chest.pth", seed: 1), _folder.Write("other.pth", seed: 2));
        await using var service = await Service.StartAsync(services =>
        {
            services.AddDenseNet("chest", options => (options.File, options.Preset) = (chest, Networks.Preset));
            services.AddDenseNet(options => (options.File, options.Preset) = (other, Networks.Preset));
        });
        var image = Networks.Image();

        (await service.Classifier.ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(other, image));
    }

    [Fact]
    public async Task Every_way_to_ask_gives_the_networks_answer()
    {
        var file = _folder.Write("chest.pth", seed: 1);
        await using var service = await Service.StartAsync(services => services.AddDenseNet(options =>
        {
            (options.File, options.Preset, options.Task) = (file, Networks.Preset, ClassificationTask.Multilabel);
            (options.Labels, options.Thresholds) = (["a", "b", "c"], [0.1f, 0.2f, 0.3f]);
        }));
        var classifier = service.Classifier;
        var image = Networks.Image();
        var png = Networks.Png(image);
        var expected = Networks.Logits(file, image);

        classifier.Classify(image).Logits.Should().Equal(expected);
        classifier.Classify(png).Logits.Should().Equal(expected);
        (await classifier.ClassifyAsync(png)).Logits.Should().Equal(expected);
        (await classifier.ClassifyAsync(new MemoryStream(png))).Logits.Should().Equal(expected);
        (await classifier.ExplainAsync(image)).Result.Logits.Should().Equal(expected);
        (await classifier.ExplainAsync(new MemoryStream(png))).Result.Logits.Should().Equal(expected);
        (classifier.Preset.Name, classifier.Task).Should().Be((Networks.Preset, ClassificationTask.Multilabel));
        classifier.Labels.Should().Equal("a", "b", "c");
        classifier.Thresholds.Should().Equal(0.1f, 0.2f, 0.3f);
        classifier.Classify(image).Labels.Should().Equal("a", "b", "c");
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var add = () => new ServiceCollection().AddDenseNet("chest").Services.AddDenseNet("chest");

        add.Should().Throw<InvalidOperationException>().WithMessage("There is a classifier 'chest' already; a second one needs a name of its own.");
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_named_with_those_that_are()
    {
        await using var provider = new ServiceCollection().AddDenseNet("chest").Services.AddDenseNet("skin").Services.BuildServiceProvider();

        var reload = () => provider.GetRequiredService<IModelReloader>().ReloadAsync("heart");

        await reload.Should().ThrowAsync<ArgumentException>().WithMessage("There is no classifier 'heart'; there are chest, skin.*");
    }

    [Fact]
    public async Task Without_a_host_the_reloader_loads()
    {
        var file = _folder.Write("chest.pth", seed: 1);
        var services = new ServiceCollection().AddDenseNet("chest", options => (options.File, options.Preset) = (file, Networks.Preset)).Services;
        await using var provider = services.BuildServiceProvider();
        var classifier = provider.GetRequiredService<IImageClassifier>();
        var image = Networks.Image();

        var early = () => classifier.ClassifyAsync(image);
        (await early.Should().ThrowAsync<ImageRejectedException>()).Which.Should().Match<ImageRejectedException>(exception =>
            exception.Reason == RejectionReason.NotReady && exception.HttpStatus == 503);
        await provider.GetRequiredService<IModelReloader>().ReloadAsync("chest");

        (await classifier.ClassifyAsync(image)).Logits.Should().Equal(Networks.Logits(file, image));
    }

    public void Dispose() => _folder.Dispose();
}
