using System.Net;
using System.Text.Json;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Serve.Tests;

public sealed class ClassifyTests
{
    [Fact]
    public async Task Several_files_are_answered_as_the_command_does_with_the_librarys_own_values()
    {
        await using var service = await Service.StartAsync();
        var files = new[] { Shipped.Example("bag"), Shipped.Sneakers[0], Shipped.Sneakers[1] };

        using var response = await service.PostAsync("/classify?top=3", [.. files.Select(file => ($"some/{Path.GetFileName(file)}", File.ReadAllBytes(file)))]);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var answers = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray().ToArray();
        foreach (var (file, answer) in files.Zip(answers))
        {
            PropertiesOf(answer).Should().Equal("image", "predictions");
            answer.GetProperty("image").GetString().Should().Be(Path.GetFileName(file));
            PredictionsOf(answer).Should().Equal(Shipped.Classify(file).Top(3));
            answer.GetProperty("predictions").EnumerateArray().Should().OnlyContain(line => PropertiesOf(line).SequenceEqual(new[] { "index", "label", "probability" }));
        }
    }

    [Fact]
    public async Task Several_labels_an_image_say_which_are_found()
    {
        await using var service = await Service.StartAsync(
            ["DenseNet:Task=Multilabel", "DenseNet:Thresholds:0=0.4", .. Enumerable.Range(1, 9).Select(i => $"DenseNet:Thresholds:{i}=0.5")]);

        using var response = await service.PostAsync("/classify?top=10", ("bag.png", Shipped.Bag));

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement[0];
        var result = Shipped.Classify(Shipped.Example("bag"), ClassificationTask.Multilabel);
        PredictionsOf(answer).Should().Equal(result.Top(10));
        answer.GetProperty("predictions").EnumerateArray().Where(line => line.GetProperty("found").GetBoolean()).Select(line => line.GetProperty("index").GetInt32())
            .Should().Equal(result.Top(10).Where(line => line.Probability >= (line.Index == 0 ? 0.4f : 0.5f)).Select(line => line.Index)).And.NotBeEmpty();
    }

    [Fact]
    public async Task Outputs_that_are_no_probabilities_are_values()
    {
        await using var service = await Service.StartAsync("DenseNet:Task=None");

        using var response = await service.PostAsync("/classify", ("bag.png", Shipped.Bag));

        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement[0];
        PropertiesOf(answer).Should().Equal("image", "values");
        answer.GetProperty("values").EnumerateArray().Select(value => value.GetProperty("value").GetSingle())
            .Should().Equal(Shipped.Classify(Shipped.Example("bag")).Logits);
    }

    [Fact]
    public async Task What_is_served_says_its_classes_and_limits()
    {
        await using var service = await Service.StartAsync("DenseNet:MaxBytes=12345", "DenseNet:MaxPixels=678");

        var model = JsonDocument.Parse(await service.Client.GetStringAsync("/model")).RootElement;

        model.GetProperty("task").GetString().Should().Be("multiclass");
        model.GetProperty("labels").EnumerateArray().Select(label => label.GetString()).Should().Equal(Shipped.Classify(Shipped.Example("bag")).Labels);
        (model.GetProperty("maxBytes").GetInt32(), model.GetProperty("maxPixels").GetInt64()).Should().Be((12345, 678));
    }

    internal static IEnumerable<string> PropertiesOf(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    internal static IEnumerable<Prediction> PredictionsOf(JsonElement answer) => answer.GetProperty("predictions").EnumerateArray()
        .Select(line => new Prediction(
            line.GetProperty("index").GetInt32(), line.GetProperty("label").GetString(), line.GetProperty("probability").GetSingle()));
}
