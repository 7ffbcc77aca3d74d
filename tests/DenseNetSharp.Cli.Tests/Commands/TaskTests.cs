using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>What a network's outputs mean: as the command line says, else the run's description, else the file.</summary>
public sealed class TaskTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    private JsonElement Expected => JsonDocument.Parse(File.ReadAllText(reference["logits.json"])).RootElement.GetProperty("photo.jpg");

    [SkippableFact]
    public void Classes_that_do_not_exclude_each_other_have_a_sigmoid_each_and_are_found_or_not()
    {
        var run = Classify("--task", "multilabel");

        var sigmoids = Expected.GetProperty("sigmoids").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        var predictions = run.Json[0].GetProperty("predictions").EnumerateArray().ToArray();
        predictions.Should().HaveCount(12);
        foreach (var prediction in predictions)
        {
            var sigmoid = sigmoids[prediction.GetProperty("index").GetInt32()];
            prediction.GetProperty("probability").GetSingle().Should().BeApproximately(sigmoid, 1e-4f);
            prediction.GetProperty("found").GetBoolean().Should().Be(sigmoid >= 0.5f);
        }
    }

    [SkippableFact]
    public void Outputs_that_are_no_probabilities_are_given_as_they_are()
    {
        var run = Classify("--task", "none");

        run.Json[0].GetProperty("values").EnumerateArray().Select(value => value.GetProperty("value").GetSingle())
            .Should().Equal(Expected.GetProperty("logits").EnumerateArray().Select(value => value.GetSingle()), (a, b) => Math.Abs(a - b) < 1e-2f);
        run.Json[0].TryGetProperty("predictions", out _).Should().BeFalse();
    }

    [SkippableFact]
    public void Without_a_word_classes_exclude_each_other_and_nothing_is_found_or_not()
    {
        var run = Classify();

        run.Json[0].GetProperty("predictions").EnumerateArray().Sum(prediction => prediction.GetProperty("probability").GetDouble())
            .Should().BeApproximately(1, 1e-4);
        run.Json[0].GetProperty("predictions")[0].TryGetProperty("found", out _).Should().BeFalse();
    }

    [SkippableFact]
    public void Evaluate_measures_what_the_outputs_mean()
    {
        var metrics = JsonDocument.Parse(File.ReadAllText(reference["metrics.json"])).RootElement;

        var run = Densenet.Run(
            "evaluate", reference["evaluation"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"], "--task", "multilabel", "--json");
        var raw = Densenet.Run(
            "evaluate", reference["evaluation"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"], "--task", "none");
        var excluding = Densenet.Run(
            "evaluate", reference["evaluation"], "--classes-csv", reference["table.csv"], "--weights", reference["zip.pth"], "--labels",
            reference["labels.txt"], "--task", "multiclass");

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("loss").GetDouble().Should().BeApproximately(metrics.GetProperty("oneHotLoss").GetDouble(), 1e-3);
        run.Errors.Should().Contain("measured as multilabel, as --task says");
        raw.Status.Should().Be(2);
        excluding.Status.Should().Be(1);
        excluding.ErrorLines.Should().ContainSingle().Which.Should().Contain("table.csv, line ").And.Contain("of classes that exclude each other exactly one is right; --task multilabel");
    }

    [SkippableFact]
    public void One_output_is_not_measured_on_sub_folders_but_on_a_table_and_the_sentence_says_so()
    {
        var run = Densenet.Run(
            "evaluate", reference["evaluation"], "--weights", reference["one.pth"], "--labels", reference["one.txt"]);
        var table = Densenet.Run(
            "evaluate", reference["evaluation"], "--classes-csv", reference["one.csv"], "--weights", reference["one.pth"], "--labels", reference["one.txt"],
            "--json");

        run.Status.Should().Be(2);
        run.ErrorLines[^1].Should().Contain("has one output, a probability of 'sick'").And.Contain("--classes-csv FILE with the column sick");
        table.Status.Should().Be(0, table.Errors);
        table.Json.GetProperty("perClass")[0].GetProperty("auroc").GetDouble().Should().BeApproximately(
            JsonDocument.Parse(File.ReadAllText(reference["metrics.json"])).RootElement.GetProperty("oneAuroc").GetDouble(), 1e-9);
    }

    [SkippableTheory]
    [InlineData("labels.json", "{\"0\": \"class number 0\"}", "has 1 labels")]
    [InlineData("labels.json", "{\"zero\": 0, \"two\": 2}", "has no name for the index 1")]
    public void Labels_in_JSON_that_do_not_fit_are_refused(string name, string content, string message)
    {
        var file = reference[name];
        File.WriteAllText(file, content);

        var run = Densenet.Run("classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--labels", file);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain(name).And.Contain(message);
    }

    [SkippableFact]
    public void Convert_fails_where_a_file_fits_no_network_and_for_endings_that_it_cannot_write()
    {
        var target = reference["not-written.pth"];

        var foreign = Densenet.Run("convert", reference["other.pth"], target);
        var onnx = Densenet.Run("convert", reference["zip.pth"], reference["not-written.onnx"]);
        var unknown = Densenet.Run("convert", reference["zip.pth"], reference["not-written.model"]);

        foreign.Status.Should().Be(1);
        foreign.ErrorLines.Should().ContainSingle().Which.Should().Contain("is not a DenseNet's checkpoint");
        var contrary = Densenet.Run("convert", reference["zip.pth"], reference["not-written.safetensors"], "--format", "zip");
        (onnx.Status, unknown.Status, contrary.Status).Should().Be((2, 2, 2));
        contrary.ErrorLines.Should().ContainSingle().Which.Should().Contain("ends as safetensors do, and --format says zip");
        onnx.Errors.Should().Contain(".onnx");
        unknown.Errors.Should().Contain("--format");
        Directory.EnumerateFiles(Path.GetDirectoryName(target)!, "not-written*").Should().BeEmpty();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false, "--task", "multilabel")]
    [InlineData(false, "--task", "multiclass")]
    public void A_preset_for_chest_X_rays_warns_where_nothing_says_what_the_outputs_mean(bool warns, params string[] options)
    {
        var run = Classify(["--preset", "chest-xray", .. options]);

        run.Errors.Contains("a softmax's, which sum to 1; --task multilabel").Should().Be(warns);
    }

    private Densenet Classify(params string[] options)
    {
        var run = Densenet.Run(["classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--top", "12", .. options, "--json"]);
        run.Status.Should().Be(0, run.Errors);
        return run;
    }
}
