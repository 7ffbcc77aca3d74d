using System.Text.Json;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class FeaturesTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableTheory]
    [InlineData(null, "pooled", 1024)]
    [InlineData(null, "pooled", 1024, "--engine", "torch")]
    [InlineData("features.denseblock2", "denseblock2", 512)]
    [InlineData("features.transition1.norm", "norm", 256)]
    public void Features_are_those_that_PyTorchs_hooks_see(string? layer, string name, int channels, params string[] engine)
    {
        var output = reference[$"{name}.safetensors"];
        string[] images = [reference["drawing.png"], reference["photo.jpg"]];

        var run = Densenet.Run(
            ["features", .. images, "--out", output, "--weights", reference["zip.pth"], .. layer is null ? Array.Empty<string>() : ["--layer", layer], .. engine, "--json"]);

        run.Status.Should().Be(0, run.Errors);
        using var actual = Checkpoint.Open(output);
        using var expected = Checkpoint.Open(reference["features.pth"]);
        actual.Tensors["features"].Shape.Should().Equal(expected.Tensors[name].Shape).And.StartWith([2L, channels]);
        var (got, want) = (actual.Tensors["features"].ToSingleArray(), expected.Tensors[name].ToSingleArray());
        got.Zip(want, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-4f * want.Max(Math.Abs));
        JsonSerializer.Deserialize<string[]>(actual.Metadata["images"]).Should().Equal(images);
        run.Json.GetProperty("tensor").GetProperty("shape")[1].GetInt32().Should().Be(channels);
    }

    [SkippableFact]
    public void What_is_no_image_is_reported_and_has_no_row_and_an_unknown_layer_is_named()
    {
        var output = reference["rows.safetensors"];

        var run = Densenet.Run("features", reference["broken.png"], reference["photo.jpg"], "--out", output, "--weights", reference["zip.pth"]);
        var unknown = Densenet.Run("features", reference["photo.jpg"], "--out", reference["none.safetensors"], "--weights", reference["zip.pth"], "--layer", "features.nonsense");

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain("broken.png");
        using var file = Checkpoint.Open(output);
        file.Tensors["features"].Shape.Should().Equal(1, 1024);
        unknown.Status.Should().Be(1);
        unknown.ErrorLines.Should().ContainSingle().Which.Should().Contain("features.nonsense").And.Contain("NamedModules");
        File.Exists(reference["none.safetensors"]).Should().BeFalse();
    }

    [SkippableTheory]
    [InlineData("npy", null)]
    [InlineData("npy", "features.transition1.norm")]
    [InlineData("csv", null)]
    [InlineData("csv", "classifier")]
    public void Numpy_reads_the_same_features_from_npy_and_csv_as_from_safetensors(string ending, string? layer)
    {
        // A name that must be quoted.
        var odd = reference["a, \"b\".png"];
        File.Copy(reference["drawing.png"], odd, overwrite: true);
        string[] images = [odd, reference["photo.jpg"]];
        var (output, tensors) = (reference[$"read-{layer}.{ending}"], reference[$"read-{layer}-{ending}.safetensors"]);
        string[] options = ["--weights", reference["zip.pth"], "--resize", "64x64", .. layer is null ? Array.Empty<string>() : ["--layer", layer]];

        var run = Densenet.Run(["features", .. images, "--out", output, .. options, "--json"]);
        Densenet.Run(["features", .. images, "--out", tensors, .. options]).Status.Should().Be(0);

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("images").EnumerateArray().Select(image => image.GetString()).Should().Equal(images);
        using var expected = Checkpoint.Open(tensors);
        var read = PythonReference.RunCode($"""
            import csv, json, sys
            import numpy as np
            if {(ending == "npy" ? "True" : "False")}:
                values = np.load({JsonSerializer.Serialize(output)})
                assert values.flags.c_contiguous
                print(json.dumps([str(values.dtype), list(values.shape), [], values.ravel().tolist()]))
            else:
                rows = list(csv.reader(open({JsonSerializer.Serialize(output)}, newline="")))
                assert rows[0] == ["image"] + [f"f{"{i}"}" for i in range(len(rows[0]) - 1)], rows[0][:4]
                values = np.array([row[1:] for row in rows[1:]], dtype=np.float32)
                print(json.dumps([str(values.dtype), list(values.shape), [row[0] for row in rows[1:]], values.ravel().tolist()]))
            """);
        if (ending == "csv")
        {
            // RFC 4180's ends of lines.
            File.ReadAllText(output).Replace("\r\n", "").Should().NotContainAny("\r", "\n");
        }

        var parts = JsonDocument.Parse(read).RootElement;
        parts[0].GetString().Should().Be("float32");
        parts[1].EnumerateArray().Select(length => length.GetInt64()).Should().Equal(expected.Tensors["features"].Shape);
        parts[2].EnumerateArray().Select(name => name.GetString()).Should().Equal(ending == "csv" ? images : []);
        parts[3].EnumerateArray().Select(value => value.GetSingle()).Should().Equal(expected.Tensors["features"].ToSingleArray());
    }

    [SkippableTheory]
    [InlineData("npy")]
    [InlineData("csv")]
    [InlineData("safetensors")]
    public void A_file_that_cannot_be_written_is_named_whatever_its_ending(string ending)
    {
        var output = Path.Combine(reference["nowhere"], $"features.{ending}");

        var run = Densenet.Run("features", reference["photo.jpg"], "--out", output, "--weights", reference["zip.pth"], "--size", "64");

        run.Status.Should().Be(1);
        run.ErrorLines[^1].Should().Be($"densenet: {output} cannot be written: its folder does not exist.");
    }

    [SkippableFact]
    public void A_layer_of_more_dimensions_is_refused_for_csv()
    {
        var output = reference["planes.csv"];

        var run = Densenet.Run(
            "features", reference["photo.jpg"], "--out", output, "--weights", reference["zip.pth"], "--resize", "64x64", "--layer", "features.denseblock2");

        run.Status.Should().Be(2);
        run.ErrorLines[^1].Should().Be(
            $"densenet: --layer features.denseblock2 gives 512x8x8 values an image, and a line of {output} has one dimension; .npy and .safetensors keep the shape.");
        File.Exists(output).Should().BeFalse();
    }

    [Fact]
    public void A_layer_is_not_the_fused_engines()
    {
        var run = Densenet.Run("features", "a.png", "--out", "a.safetensors", "--layer", "features.denseblock2", "--engine", "fused");

        run.Status.Should().Be(2);
        run.ErrorLines.Should().Equal(
            "densenet: --engine fused gives the pooled features alone; --layer features.denseblock2 takes --engine torch.");
    }
}
