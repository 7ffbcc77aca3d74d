using System.Text.Json;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>Keras's HDF5 files in the place of a checkpoint.</summary>
public sealed class KerasFileTests(KerasFileTests.Reference reference) : IClassFixture<KerasFileTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("keras_command.py")
    {
        protected override void Require() => PythonReference.RequireModule("h5py");
    }

    [SkippableTheory]
    [InlineData("applications.h5", "softmax")]
    [InlineData("saved.h5", "sigmoid")]
    public void Classify_gives_the_probabilities_of_PyTorchs_network_with_the_same_weights(string file, string activation)
    {
        var run = Densenet.Run(
            "classify", reference["photo.png"], "--weights", reference[file], "--preset", "keras-imagenet", "--top", "7", "--json");

        run.Status.Should().Be(0, run.Errors);
        using var expected = JsonDocument.Parse(File.ReadAllText(reference["expected.json"]));
        var wanted = expected.RootElement.GetProperty(activation).EnumerateArray().Select(value => value.GetSingle()).ToArray();
        var predictions = run.Json[0].GetProperty("predictions").EnumerateArray().ToArray();
        predictions.Should().HaveCount(7);
        foreach (var prediction in predictions)
        {
            prediction.GetProperty("probability").GetSingle().Should().BeApproximately(wanted[prediction.GetProperty("index").GetInt32()], 1e-5f);
        }
    }

    [SkippableFact]
    public void On_libtorch_the_file_gives_what_a_port_of_it_to_PyTorch_gives()
    {
        var runs = ((string[])["applications.h5", "port.pth"]).Select(file => Densenet.Run(
            "classify", reference["photo.png"], "--weights", reference[file], "--preset", "keras-imagenet", "--top", "7", "--engine", "torch", "--json")).ToArray();

        runs.Select(run => run.Status).Should().Equal(0, 0);
        runs[0].Json[0].GetProperty("predictions").GetRawText().Should().Be(runs[1].Json[0].GetProperty("predictions").GetRawText());
    }

    [SkippableFact]
    public void Features_of_a_file_without_the_top_are_PyTorchs()
    {
        var output = reference["features.safetensors"];

        var run = Densenet.Run(
            "features", reference["photo.png"], "--weights", reference["notop.h5"], "--preset", "keras-imagenet", "--out", output);

        run.Status.Should().Be(0, run.Errors);
        using var actual = Checkpoint.Open(output);
        using var expected = Checkpoint.Open(reference["features.pth"]);
        var (got, want) = (actual.Tensors["features"].ToSingleArray(), expected.Tensors["features"].ToSingleArray());
        got.Should().HaveSameCount(want);
        got.Zip(want, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(2e-5f * want.Max(Math.Abs));
    }

    [SkippableFact]
    public void Inspect_names_the_format_the_rules_and_the_task()
    {
        var run = Densenet.Run("inspect", reference["saved.h5"], "--json");
        var text = Densenet.Run("inspect", reference["saved.h5"]);

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("format").GetString().Should().Be("hdf5");
        run.Json.GetProperty("numClasses").GetInt32().Should().Be(7);
        run.Json.GetProperty("unexpected").GetArrayLength().Should().Be(0);
        run.Json.GetProperty("task").GetString().Should().Be("multilabel");
        run.Json.GetProperty("metadata").GetProperty("keras_version").GetString().Should().Be("2.1.5");
        text.Output.Should().Contain("format: hdf5").And.Contain("keys: Keras's layer names are torchvision's").And.Contain("keys: the last layer, named dense, is");
    }

    [SkippableTheory]
    [InlineData("applications.h5", "a.pth", null)]
    [InlineData("saved.h5", "b.safetensors", null)]
    [InlineData("gzip.h5", "c.dat", "torchsharp")]
    public void Convert_writes_PyTorchs_weights_to_the_bit(string file, string output, string? format)
    {
        var run = Densenet.Run(["convert", reference[file], reference[output], .. format is null ? Array.Empty<string>() : ["--format", format]]);

        run.Status.Should().Be(0, run.Errors);
        using var actual = Checkpoint.Open(reference[output]);
        using var expected = Checkpoint.Open(reference["expected.pth"]);
        actual.Tensors.Keys.Should().BeEquivalentTo(expected.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            BytesOf(actual.Tensors[name]).Should().Equal(BytesOf(tensor), name);
        }
    }

    [SkippableFact]
    public void What_is_not_Kerass_weights_ends_in_one_line()
    {
        var run = Densenet.Run("classify", reference["photo.png"], "--weights", reference["keras3.weights.h5"]);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain("Keras 3's .weights.h5");
    }

    private static byte[] BytesOf(CheckpointTensor tensor)
    {
        var bytes = new byte[tensor.ByteCount];
        tensor.CopyTo(bytes);
        return bytes;
    }
}
