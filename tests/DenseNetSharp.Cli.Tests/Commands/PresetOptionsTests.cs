using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class PresetOptionsTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    [SkippableTheory]
    [InlineData("T.Resize((224, 224)), T.ToTensor(), IMAGENET", "resize 224x224", "--resize", "224x224")]
    [InlineData("T.Resize(100), T.CenterCrop(64), T.ToTensor(), IMAGENET", "resize 100, size 64", "--resize", "100", "--size", "64")]
    [InlineData("T.Resize((80, 96)), T.CenterCrop(64), T.ToTensor(), IMAGENET", "resize 80x96, size 64", "--resize", "80x96", "--size", "64")]
    [InlineData("T.Resize(128), T.CenterCrop(112), T.ToTensor(), IMAGENET", "size 112", "--size", "112")]
    [InlineData(
        "T.Resize((64, 48), T.InterpolationMode.BICUBIC), T.ToTensor(), IMAGENET", "resize 64x48, interpolation bicubic", "--resize", "64x48",
        "--interpolation", "BICUBIC")]
    [InlineData(
        "T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize([0.5] * 3, [0.25, 0.3, 0.35])", "mean 0.5, std 0.25,0.3,0.35", "--mean", "0.5", "--std",
        "0.25,0.3,0.35")]
    [InlineData(
        "T.Grayscale(1), T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize([0.449], [0.226])", "channels 1", "--channels", "1")]
    [InlineData(
        "T.Resize(256), T.CenterCrop(224), T.PILToTensor(), T.ConvertImageDtype(torch.float32), T.Lambda(lambda x: x * 255), T.Normalize([1.0] * 3, [2.0] * 3)",
        "divisor 1, mean 1, std 2", "--divisor", "1", "--mean", "1", "--std", "2")]
    [InlineData("T.Grayscale(1), T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize([0.5], [0.5])", null, "--preset", "gray")]
    [InlineData(
        "T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize([0.5] * 3, [0.5] * 3)", "channels 3", "--preset", "gray", "--channels", "3")]
    public void Options_change_a_preset_as_torchvisions_transforms_and_it_is_said(string transform, string? changes, params string[] options)
    {
        var output = reference[$"{string.Join("", options)}.safetensors"];

        var run = Densenet.Run(["preprocess", reference["photo.jpg"], "--out", output, .. options, "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var name = options.Contains("gray") ? "gray" : "torchvision-imagenet";
        run.ErrorLines.Should().Equal(changes is null ? [] : [$"densenet: preset {name}, changed: {changes}"]);
        run.Json.GetProperty("preset").GetString().Should().Be(changes is null ? name : $"{name}+{changes.Replace(", ", "+")}");
        PythonReference.Run(Path.Combine("Reference", "transformed.py"), output, reference["photo.jpg"], transform).Should().BeEmpty();
    }

    [SkippableTheory]
    [InlineData("T.Resize(100), T.CenterCrop(224), T.ToTensor(), IMAGENET", "a shorter side of 100", "--resize", "100")]
    [InlineData("T.Resize((64, 48)), T.CenterCrop(60), T.ToTensor(), IMAGENET", "64x48", "--resize", "64X48", "--size", "60")]
    public void A_crop_that_fills_up_with_black_is_said(string transform, string resized, params string[] options)
    {
        var output = reference["padded.safetensors"];

        var run = Densenet.Run(["preprocess", reference["photo.jpg"], "--out", output, .. options]);

        run.ErrorLines.Should().HaveCount(2);
        run.Errors.Should().Contain($"images resized to {resized} are smaller than the crop of ").And.Contain("--size");
        PythonReference.Run(Path.Combine("Reference", "transformed.py"), output, reference["photo.jpg"], transform).Should().BeEmpty();
    }

    [Fact]
    public void Numbers_that_are_too_many_are_told_with_what_helps()
    {
        string[] command = ["preprocess", "a.png", "--out", "a.safetensors", "--mean", "1,2,3", "--std"];

        Densenet.Run([.. command, "1", "--channels", "1"]).ErrorLines.Single().Should()
            .Be("densenet: --mean has 3 values, but --channels 1 makes images of 1 channel: give one.");
        Densenet.Run([.. command, "1", "--preset", "gray"]).ErrorLines.Single().Should()
            .Be("densenet: --mean has 3 values, but the preset gray makes images of 1 channel: give one, or name --channels.");
    }

    [SkippableFact]
    public void A_preset_is_read_from_a_file_in_its_short_form_and_from_a_run()
    {
        var (own, run, damaged) = (reference["mine.json"], reference["a-run.json"], reference["damaged.json"]);
        File.WriteAllText(own, """{ "name": "mine", "fixedSize": 96, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25] }""");
        File.WriteAllText(run, $$"""{ "preset": {{File.ReadAllText(own)}} }""");
        File.WriteAllText(damaged, """{ "name": "mine", "size": 96, "mean": [0.5], "std": [0.25] }""");
        foreach (var file in new[] { own, run })
        {
            var output = reference["from-file.safetensors"];

            var preprocess = Densenet.Run("preprocess", reference["drawing.png"], "--out", output, "--preset", file, "--json");

            preprocess.Json.GetProperty("preset").GetString().Should().Be("mine");
            PythonReference.Run(
                Path.Combine("Reference", "transformed.py"), output, reference["drawing.png"],
                "T.Resize((96, 96)), T.ToTensor(), T.Normalize([0.5] * 3, [0.25] * 3)").Should().BeEmpty();
        }

        var refused = Densenet.Run("classify", reference["drawing.png"], "--preset", damaged, "--weights", reference["zip.pth"]);
        File.WriteAllText(run, $$"""{ "preset": {{File.ReadAllText(own)}}, "keepGrayBits": true, "applyExifOrientation": true }""");
        Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["from-file.safetensors"], "--preset", run).ErrorLines.Should().Equal(
            $"densenet: of {run} the preset is taken; the run's images were read with --exif-orientation and --keep-gray-bits too");
        File.WriteAllText(run, $$"""{ "preset": {{File.ReadAllText(own)}}, "task": "multilabel", "classNames": ["a"], "thresholds": [0.3] }""");
        Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["from-file.safetensors"], "--preset", run).ErrorLines.Should().Equal(
            $"densenet: of {run} the preset is taken, and not its task, class names, thresholds");
        File.WriteAllText(own, """{ "name": "mine", "resizeSize": 64, "cropSize": 100, "mean": [0.5], "std": [0.25] }""");
        Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["from-file.safetensors"], "--preset", own).ErrorLines.Should()
            .ContainSingle().Which.Should().Contain("smaller than the crop of 100x100");
        File.WriteAllText(run, """{ "preset": { "name": "p", "mean": [0], "std": [1] }, "classnames": ["a"] }""");
        var unknown = Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["from-file.safetensors"], "--preset", run);
        unknown.Status.Should().Be(1);
        unknown.ErrorLines.Single().Should().Contain("there is no field 'classnames'");
        Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["pixels.npy"]).Status.Should().Be(2);
        Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["pixels.txt"]).Status.Should().Be(2);
        refused.Status.Should().Be(1);
        refused.ErrorLines.Single().Should().StartWith($"densenet: {damaged} is no preset: a preset has no 'size'; it has name, resizeSize");
    }

    [SkippableFact]
    public void A_hand_written_description_needs_its_preset_alone()
    {
        var folder = Directory.CreateDirectory(reference["described"]).FullName;
        var weights = Path.Combine(folder, "net.pth");
        File.Copy(reference["zip.pth"], weights, overwrite: true);
        File.WriteAllText(
            Path.Combine(folder, "run.json"),
            """{ "preset": { "name": "mine", "fixedSize": 64, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225] } }""");
        string[] same = ["classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--resize", "64x64", "--json"];

        var described = Densenet.Run("classify", reference["photo.jpg"], "--weights", weights, "--json");
        var evaluated = Densenet.Run("evaluate", reference["evaluation"], "--weights", weights);

        described.Output.Should().Be(Densenet.Run(same).Output);
        described.ErrorLines.Should().Equal($"densenet: preset from run.json beside {weights}");
        evaluated.Status.Should().Be(2);
        evaluated.ErrorLines[^1].Should().Be($"densenet: {weights} does not say what its 12 classes are called; name them with --labels FILE.");
    }

    [SkippableFact]
    public void A_preset_of_one_channel_is_repeated_for_three_and_the_probabilities_are_torchvisions()
    {
        var run = Densenet.Run(
            "classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--preset", "gray", "--size", "112", "--top", "12", "--json");

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Equal(
            "densenet: preset gray, changed: size 112",
            "densenet: the preset gray+size 112 makes one channel and the network takes three: gray is repeated");
        var expected = PythonReference.RunCode($"""
            import json, torch, torchvision
            from PIL import Image
            from torchvision import transforms as T
            model = torchvision.models.densenet121(num_classes=12).eval()
            model.load_state_dict(torch.load({JsonSerializer.Serialize(reference["zip.pth"])}))
            image = T.Compose([T.Grayscale(3), T.Resize(128), T.CenterCrop(112), T.ToTensor(), T.Normalize([0.5] * 3, [0.5] * 3)])(
                Image.open({JsonSerializer.Serialize(reference["photo.jpg"])}).convert("RGB"))
            with torch.no_grad():
                print(json.dumps(model(image[None]).softmax(1)[0].tolist()))
            """);
        var probabilities = JsonDocument.Parse(expected).RootElement.EnumerateArray().Select(value => value.GetSingle()).ToArray();
        foreach (var prediction in run.Json[0].GetProperty("predictions").EnumerateArray())
        {
            prediction.GetProperty("probability").GetSingle().Should().BeApproximately(probabilities[prediction.GetProperty("index").GetInt32()], 1e-4f);
        }
    }
}
