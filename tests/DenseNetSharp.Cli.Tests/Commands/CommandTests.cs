using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class CommandTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    public sealed class Reference() : ReferenceFiles("commands.py");

    [SkippableFact]
    public void Classify_gives_torchvisions_classes_and_probabilities_in_the_order_of_the_inputs()
    {
        string[] images = [reference["drawing.png"], reference["photo.jpg"]];

        var run = Densenet.RunProcess(["classify", .. images, "--weights", reference["zip.pth"], "--top", "3", "--labels", reference["labels.txt"], "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var expected = JsonDocument.Parse(File.ReadAllText(reference["expected.json"])).RootElement;
        run.Json.EnumerateArray().Select(r => r.GetProperty("image").GetString()).Should().Equal(images);
        foreach (var result in run.Json.EnumerateArray())
        {
            var wanted = expected.GetProperty(Path.GetFileName(result.GetProperty("image").GetString()!)).EnumerateArray().ToArray();
            var predictions = result.GetProperty("predictions").EnumerateArray().ToArray();
            predictions.Select(p => p.GetProperty("index").GetInt32()).Should().Equal(wanted.Select(p => p.GetProperty("index").GetInt32()));
            predictions.Select(p => p.GetProperty("label").GetString())
                .Should().Equal(wanted.Select(p => $"class number {p.GetProperty("index").GetInt32()}"));
            foreach (var (prediction, want) in predictions.Zip(wanted))
            {
                prediction.GetProperty("probability").GetSingle().Should().BeApproximately(want.GetProperty("probability").GetSingle(), 1e-4f);
            }
        }
    }

    [SkippableFact]
    public void Classify_reports_what_is_no_image_and_goes_on_with_the_rest()
    {
        var empty = Directory.CreateDirectory(reference["empty"]).FullName;
        string[] images = [reference["photo.jpg"], reference["broken.png"], empty, reference["drawing.png"]];

        var run = Densenet.RunProcess(["classify", .. images, "--weights", reference["legacy.pth"], "--json"]);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().HaveCount(3);
        run.ErrorLines[0].Should().Contain("broken.png");
        run.ErrorLines[1].Should().Contain("empty").And.Contain("no images");
        run.Json.EnumerateArray().Select(r => r.GetProperty("image").GetString()).Should().Equal(images);
        run.Json.EnumerateArray().Select(r => r.GetProperty("predictions").GetArrayLength()).Should().Equal(5, 0, 0, 5);
    }

    [SkippableFact]
    public void Classify_takes_folders_and_tells_images_a_second_on_standard_error()
    {
        var folder = Directory.CreateDirectory(reference["folder"]).FullName;
        var inner = Directory.CreateDirectory(Path.Combine(folder, "b")).FullName;
        File.Copy(reference["photo.jpg"], Path.Combine(inner, "photo.JPG"), overwrite: true);
        File.Copy(reference["drawing.png"], Path.Combine(folder, "a.png"), overwrite: true);
        File.Copy(reference["drawing.webp"], Path.Combine(folder, "c.webp"), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "no image, and not taken for one");

        var run = Densenet.Run("classify", folder, "--weights", reference["zip.pth"], "--batch-size", "2", "--json");

        run.Status.Should().Be(0, run.Errors);
        run.Json.EnumerateArray().Select(r => Path.GetRelativePath(folder, r.GetProperty("image").GetString()!).Replace('\\', '/'))
            .Should().Equal("a.png", "b/photo.JPG", "c.webp");
        run.ErrorLines.Should().HaveCount(2);
        run.ErrorLines[0].Should().Be($"densenet: left out of {folder}: 1 .txt");
        run.ErrorLines[1].Should().MatchRegex(@"^densenet: 3 images in [0-9.]+ s, [0-9.]+ images/s$");
    }

    [SkippableFact]
    public void Folders_that_link_in_circles_are_searched_once_and_pipes_wait_for_nobody()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links and pipes are made in Unix's way.");
        var folder = Directory.CreateDirectory(reference["circles"]).FullName;
        File.Copy(reference["drawing.png"], Path.Combine(folder, "a.png"), overwrite: true);
        Directory.CreateSymbolicLink(Path.Combine(folder, "x"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder, "y"), folder);
        var elsewhere = Directory.CreateDirectory(reference["elsewhere"]).FullName;
        File.Copy(reference["drawing.png"], Path.Combine(elsewhere, "b.png"), overwrite: true);
        Directory.CreateSymbolicLink(Path.Combine(folder, "z"), elsewhere);
        var pipe = reference["pipe.png"];
        System.Diagnostics.Process.Start("mkfifo", [pipe]).WaitForExit();

        var run = Densenet.Run("classify", folder, pipe, "--weights", reference["zip.pth"], "--json");

        run.Status.Should().Be(1);
        run.Json.EnumerateArray().Select(r => r.GetProperty("image").GetString())
            .Should().Equal(Path.Combine(folder, "a.png"), Path.Combine(folder, "z", "b.png"), pipe);
        run.ErrorLines.Should().Contain(line => line.Contains("pipe.png") && line.Contains("pipe or device"));
    }

    [SkippableFact]
    public void Control_characters_of_a_files_name_do_not_reach_the_terminal()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows allows no such name.");
        var odd = Path.Combine(Directory.CreateDirectory(reference["odd"]).FullName, "a\u001b[31m\nb.png");
        File.WriteAllText(odd, "no image");

        var run = Densenet.RunProcess("classify", odd, reference["drawing.png"], "--weights", reference["zip.pth"]);

        run.Status.Should().Be(1);
        (run.Output + run.Errors).Should().NotContain("\u001b").And.Contain("\\u001b[31m\\u000ab.png");
        run.ErrorLines.Should().ContainSingle();
    }

    [SkippableFact]
    public void Preprocess_writes_safetensors_whatever_the_files_name_and_never_over_its_image()
    {
        var output = reference["pixels.bin"];

        Densenet.Run("preprocess", reference["drawing.png"], "--out", output).Status.Should().Be(0);
        var itself = Densenet.Run("preprocess", reference["drawing.png"], "--out", reference["drawing.png"]);

        PythonReference.Run(Path.Combine("Reference", "preprocessed.py"), output, reference["drawing.png"], "torchvision-imagenet").Should().BeEmpty();
        itself.Status.Should().Be(2);
        itself.Errors.Should().Contain("the image itself");
    }

    [SkippableTheory]
    [InlineData("photo.jpg", null)]
    [InlineData("drawing.png", "torchvision-imagenet")]
    [InlineData("drawing.webp", "timm-288")]
    [InlineData("photo.jpg", "keras-imagenet")]
    [InlineData("photo.jpg", "densenet121.ra_in1k")]
    public void Preprocess_writes_what_torchvision_makes_of_the_image_to_the_bit(string image, string? preset)
    {
        var output = reference[$"{image}-{preset}.safetensors"];

        var run = Densenet.Run(
            ["preprocess", reference[image], "--out", output, .. preset is null ? Array.Empty<string>() : ["--preset", preset], "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var size = preset == "timm-288" ? 288 : 224;
        run.Json.GetProperty("tensor").GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).Should().Equal(1, 3, size, size);
        PythonReference.Run(Path.Combine("Reference", "preprocessed.py"), output, reference[image], preset ?? "torchvision-imagenet")
            .Should().BeEmpty();
    }

    [SkippableFact]
    public void Photos_are_turned_upright_only_on_request()
    {
        var (lying, turned, upright) = (reference["lying.safetensors"], reference["turned.safetensors"], reference["upright.safetensors"]);

        Densenet.Run("preprocess", reference["turned.jpg"], "--out", lying).Status.Should().Be(0);
        Densenet.Run("preprocess", reference["turned.jpg"], "--out", turned, "--exif-orientation").Status.Should().Be(0);
        Densenet.Run("preprocess", reference["upright.png"], "--out", upright).Status.Should().Be(0);

        File.ReadAllBytes(turned).Should().Equal(File.ReadAllBytes(upright));
        File.ReadAllBytes(lying).Should().NotEqual(File.ReadAllBytes(upright));
    }

    [SkippableFact]
    public void Preprocess_of_what_is_no_image_leaves_the_file_that_was_there()
    {
        var target = reference["kept.safetensors"];
        File.WriteAllText(target, "precious");

        var run = Densenet.Run("preprocess", reference["broken.png"], "--out", target);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain("broken.png");
        File.ReadAllText(target).Should().Be("precious");
    }

    [SkippableTheory]
    [InlineData("zip.pth", "zip", "densenet121", 12, 727)]
    [InlineData("legacy.pth", "legacy", "densenet121", 12, 727)]
    [InlineData("other.pth", "zip", null, null, 2)]
    public void Inspect_tells_format_architecture_and_tensors(string file, string format, string? architecture, int? classes, int tensors)
    {
        var run = Densenet.Run("inspect", reference[file], "--json");

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("format").GetString().Should().Be(format);
        run.Json.GetProperty("architecture").GetString().Should().Be(architecture);
        (run.Json.GetProperty("numClasses") is { ValueKind: JsonValueKind.Number } n ? n.GetInt32() : (int?)null).Should().Be(classes);
        run.Json.GetProperty("tensors").GetArrayLength().Should().Be(tensors);
        if (file != "other.pth")
        {
            var last = run.Json.GetProperty("tensors").EnumerateArray().Last();
            last.GetProperty("name").GetString().Should().Be("classifier.bias");
            last.GetProperty("dtype").GetString().Should().Be("float32");
            last.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).Should().Equal(12);
        }
    }

    [SkippableFact]
    public void Models_lists_every_network_and_weights_entry_and_which_are_cached()
    {
        var home = reference["torch-home"];
        var cached = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "hub", "checkpoints")).FullName, "densenet169-b2777c0a.pth");
        File.WriteAllBytes(cached, [0]);
        var environment = new Dictionary<string, string> { ["TORCH_HOME"] = home, ["HF_HOME"] = home };

        var run = Densenet.RunIn(environment, "models", "--json");
        var text = Densenet.RunIn(environment, "models");

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("architectures").EnumerateArray().Select(a => a.GetProperty("name").GetString())
            .Should().StartWith(["densenet121", "densenet161", "densenet169", "densenet201", "densenet264", "densenetblur121d", "densenet264d", "densenet-40-12"])
            .And.Contain("densenet-bc-190-40").And.Contain("keras-densenet201").And.Contain("densenet-notebook");
        run.Json.GetProperty("architectures").EnumerateArray().Single(a => a.GetProperty("name").GetString() == "densenet-bc-100-12")
            .GetProperty("input").GetInt32().Should().Be(32);
        var weights = run.Json.GetProperty("weights").EnumerateArray().ToArray();
        weights.Should().HaveCount(10);
        weights.Where(w => w.GetProperty("cached").ValueKind == JsonValueKind.String).Select(w => w.GetProperty("cached").GetString())
            .Should().Equal(cached);
        var densenet121 = weights.Single(w => w.GetProperty("name").GetString() == "DenseNet121_Weights.IMAGENET1K_V1");
        densenet121.GetProperty("parameters").GetInt64().Should().Be(7_978_856);
        densenet121.GetProperty("gigaMacs").GetDouble().Should().Be(2.834);
        densenet121.GetProperty("sizeMiB").GetDouble().Should().Be(30.845);
        densenet121.GetProperty("accuracies")[0].GetProperty("top1").GetDouble().Should().Be(74.434);
        densenet121.GetProperty("preset").GetProperty("resizeSize").GetInt32().Should().Be(256);
        text.Output.Should().Contain("densenetblur121d.ra_in1k").And.NotContain("not built yet");
    }

    [SkippableTheory]
    [InlineData("zip.pth", "a.pth", null, "zip")]
    [InlineData("zip.pth", "b.pth", "legacy", "legacy")]
    [InlineData("wrapped.pth", "c.safetensors", null, "safetensors")]
    [InlineData("legacy.pth", "d.bin", "safetensors", "safetensors")]
    [InlineData("wrapped.pth", "e.pt", null, "zip")]
    public void Convert_writes_what_torchvision_loads_strictly_to_the_bit(string file, string output, string? option, string format)
    {
        var target = reference[output];

        var run = Densenet.Run(["convert", reference[file], target, .. option is null ? Array.Empty<string>() : ["--format", option], "--json"]);

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("format").GetString().Should().Be(format);
        run.Json.GetProperty("architecture").GetString().Should().Be("densenet121");
        run.Json.GetProperty("tensors").GetInt32().Should().Be(727);
        Densenet.Run("inspect", target, "--json").Json.GetProperty("format").GetString().Should().Be(format);
        PythonReference.Run(Path.Combine("Reference", "converted.py"), target, reference["zip.pth"]).Should().BeEmpty();
    }

    [SkippableFact]
    public void Convert_of_what_is_no_checkpoint_leaves_the_file_that_was_there()
    {
        var target = reference["kept.pth"];
        File.WriteAllText(target, "precious");

        var run = Densenet.Run("convert", reference["photo.jpg"], target);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain("photo.jpg");
        File.ReadAllText(target).Should().Be("precious");
    }

    [SkippableFact]
    public void Inspect_reports_wrappers_prefixes_and_metadata()
    {
        var run = Densenet.Run("inspect", reference["wrapped.pth"], "--json");

        run.Json.GetProperty("wrapper").GetString().Should().Be("state_dict");
        run.Json.GetProperty("keyRules").EnumerateArray().Select(rule => rule.GetProperty("name").GetString())
            .Should().Equal("wrapper state_dict", "prefix module.");
        run.Json.GetProperty("metadata").GetProperty("epoch").GetString().Should().Be("3");
        Densenet.Run("inspect", reference["wrapped.pth"]).Output.Should().Contain("fits: densenet121, 12 classes, 3 input channels");
    }

    [SkippableFact]
    public void Summary_prints_PyTorchs_text_unchanged_before_its_table()
    {
        var text = File.ReadAllText(reference["densenet201.txt"]);

        var run = Densenet.RunProcess("summary", "--model", "densenet201", "--classes", "17");

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().StartWith(text + "\n");
        run.Output.TrimEnd().Split('\n')[^2].Should().Contain("total");
    }

    [Theory]
    [InlineData("densenet121", 7_978_856, 2.834)]
    [InlineData("densenet169", 14_149_480, 3.360)]
    [InlineData("densenet201", 20_013_928, 4.291)]
    [InlineData("densenet161", 28_681_000, 7.728)]
    public void Summary_counts_what_torchvision_publishes(string model, long parameters, double gigaMacs)
    {
        var run = Densenet.Run("summary", "--model", model, "--json");

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("parameters").GetInt64().Should().Be(parameters);
        (run.Json.GetProperty("macs").GetInt64() / 1e9).Should().BeApproximately(gigaMacs, 0.0005);
        run.Json.GetProperty("modules").EnumerateArray().Sum(m => m.GetProperty("parameters").GetInt64()).Should().Be(parameters);
    }

    [Theory]
    [InlineData("classify")]
    [InlineData("classify", "a.png", "--top", "0")]
    [InlineData("classify", "a.png", "--engine", "magic")]
    [InlineData("classify", "a.png", "--device", "abacus")]
    [InlineData("summary", "--input", "large")]
    [InlineData("summary", "--nonsense")]
    [InlineData("summary", "--model", "densenet999")]
    [InlineData("summary", "--input", "28x224")]
    [InlineData("classify", "a.png", "--threads", "9999999")]
    [InlineData("classify", "a.png", "--weights", "/")]
    [InlineData("classify", "a.png", "--preset", "polaroid")]
    [InlineData("classify", "a.png", "--nosuch")]
    [InlineData("classify", "")]
    [InlineData("classify", "a.png", "--top", "many")]
    [InlineData("classify", "a.png", "--labels", "/")]
    [InlineData("preprocess", "a.png", "--out", "")]
    [InlineData("preprocess", "a.png")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--preset", "polaroid")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--resize", "224x")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--resize", "0")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--size", "0")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--interpolation", "cubic")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--mean", "0.5;0.5")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--mean", "0.5,0.5")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--std", "0")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--divisor", "0")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--channels", "2")]
    [InlineData("preprocess", "a.png", "--out", "a.safetensors", "--preset", "nowhere.json")]
    [InlineData("features", "a.png", "--out", "a.bin")]
    [InlineData("features", "a.png", "--out", "a")]
    [InlineData("classify", "-", "-")]
    [InlineData("evaluate", "-", "--weights", "a.pth")]
    [InlineData("finetune", "-", "--out", "a")]
    [InlineData("convert", "a.pth")]
    [InlineData("convert", "a.pth", "b.pth", "--format", "tar")]
    [InlineData("dance")]
    public void Wrong_usage_is_status_2(params string[] arguments)
    {
        var run = Densenet.Run(arguments);

        run.Status.Should().Be(2);
        run.ErrorLines.Should().NotBeEmpty();
        run.Errors.Should().NotContain("Parameter").And.NotContain("System.");
    }

    [SkippableFact]
    public void Results_are_not_lost_where_standard_error_takes_nothing()
    {
        Skip.IfNot(File.Exists("/dev/full"), "There is no device that is always full.");
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh",
            ["-c", $"exec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "densenet.dll")}' classify '{reference["drawing.png"]}' missing.png"
                + $" --weights '{reference["zip.pth"]}' --json 2>/dev/full"])
        { RedirectStandardOutput = true })!;

        var output = process.StandardOutput.ReadToEnd();

        process.WaitForExit();
        process.ExitCode.Should().Be(1);
        JsonDocument.Parse(output).RootElement.GetArrayLength().Should().Be(2);
    }

    [Theory]
    [InlineData("inspect", "missing.pth")]
    [InlineData("classify", "a.png", "--weights", "missing.pth")]
    [InlineData("preprocess", "--out", "a.safetensors", "missing.png")]
    public void A_failure_is_status_1_and_one_line_that_names_the_value(params string[] arguments)
    {
        var run = Densenet.RunProcess(arguments);

        run.Status.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain(arguments[^1]).And.NotContain("   at ");
    }

    [SkippableFact]
    public void A_model_that_contradicts_the_checkpoint_is_refused()
    {
        var run = Densenet.Run("classify", reference["photo.jpg"], "--weights", reference["zip.pth"], "--model", "densenet169");

        run.Status.Should().Be(2);
        run.Errors.Should().Contain("densenet169").And.Contain("densenet121");
    }

    [SkippableFact]
    public void Pretrained_weights_that_cannot_be_had_are_named_with_url_cache_path_and_option()
    {
        var run = Densenet.RunIn(
            new() { ["TORCH_HOME"] = reference["empty-cache"], ["DENSENETSHARP_OFFLINE"] = "1" }, "classify", reference["photo.jpg"]);

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should()
            .Contain("https://download.pytorch.org/models/densenet121-a639ec97.pth")
            .And.Contain(Path.Combine(reference["empty-cache"], "hub", "checkpoints", "densenet121-a639ec97.pth"))
            .And.Contain("--weights");
    }

    [SkippableFact]
    public async Task A_download_that_is_stopped_ends_at_once_with_one_line()
    {
        Skip.If(OperatingSystem.IsWindows(), "The signal is sent with kill.");
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var run = Densenet.Start(
            new() { ["TORCH_HOME"] = reference["stopped-cache"], ["DENSENETSHARP_MIRROR"] = $"http://{silent.LocalEndpoint}/x" },
            "classify", reference["photo.jpg"]);
        using var connection = await silent.AcceptSocketAsync().WaitAsync(TimeSpan.FromSeconds(60));

        System.Diagnostics.Process.Start("kill", ["-TERM", $"{run.Id}"]).WaitForExit();

        (await run.StandardError.ReadToEndAsync()).Should().Be("densenet: stopped.\n");
        run.WaitForExit(TimeSpan.FromSeconds(20)).Should().BeTrue();
        run.ExitCode.Should().Be(143);
    }

    [Fact]
    public void The_shipped_checkpoint_classifies_the_shipped_images()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "shipped");

        var run = Densenet.Run("classify", Path.Combine(shipped, "images"), "--weights", Path.Combine(shipped, "fashion-mnist.pth"), "--json");

        run.Status.Should().Be(0, run.Errors);
        run.Errors.Should().Contain("run.json");
        var results = run.Json.EnumerateArray().ToArray();
        results.Should().HaveCount(400);
        // A folder is a class.
        results.Count(r => Path.GetFileName(Path.GetDirectoryName(r.GetProperty("image").GetString()))
            == r.GetProperty("predictions")[0].GetProperty("label").GetString()).Should().BeGreaterThan(360);
    }
}
