using System.Globalization;
using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.FineTuning;

public sealed class FineTuneTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    private static string Script => Path.Combine("Reference", "finetuned.py");

    [SkippableFact]
    public void A_run_leaves_its_files_and_PyTorch_measures_what_evaluate_prints()
    {
        PythonReference.Require();
        var folder = runs.New();

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "2", "--json"]);

        run.Status.Should().Be(0, run.Errors);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "best.pth", "last.pth", "labels.txt", "metrics.csv", "curves.svg", "split.csv", "run.json", "report.html", "state.safetensors");
        File.ReadLines(Path.Combine(folder, "labels.txt")).Should().Equal(Directory.GetDirectories(runs.Images).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        run.ErrorLines.Should().ContainSingle(line => line.StartsWith("epoch 1/2")).Which.Should().MatchRegex(FineTuneRuns.EpochLine);
        run.Json.GetProperty("epochs").GetArrayLength().Should().Be(2);
        foreach (var file in run.Json.GetProperty("files").EnumerateObject())
        {
            File.Exists(file.Value.GetString()).Should().BeTrue(file.Name);
        }

        string[] files = [Path.Combine(folder, "best.pth"), Path.Combine(folder, "last.pth")];
        var measured = JsonDocument.Parse(PythonReference.Run(Script, ["evaluate", runs.Images, .. files])).RootElement.EnumerateArray();
        foreach (var (file, expected) in files.Zip(measured))
        {
            var evaluated = Densenet.Run("evaluate", runs.Images, "--weights", file, "--json").Json;
            evaluated.GetProperty("accuracy").GetDouble().Should().BeApproximately(expected.GetProperty("accuracy").GetDouble(), 1e-12);
            evaluated.GetProperty("loss").GetDouble().Should().BeApproximately(expected.GetProperty("loss").GetDouble(), 1e-4);
        }
    }

    [SkippableFact]
    public void Validation_on_a_folder_gives_what_PyTorch_measures_there()
    {
        var (folder, validation) = (runs.New(), runs.Subset(perClass: 3, classes: 7));

        var run = Densenet.Run(
            ["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "1", "--val", validation, "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var epoch = run.Json.GetProperty("best");
        var expected = JsonDocument.Parse(PythonReference.Run(Script, "evaluate", validation, Path.Combine(folder, "best.pth"))).RootElement[0];
        epoch.GetProperty("metrics").GetProperty("accuracy").GetDouble().Should().BeApproximately(expected.GetProperty("accuracy").GetDouble(), 1e-12);
        epoch.GetProperty("validationLoss").GetDouble().Should().BeApproximately(expected.GetProperty("loss").GetDouble(), 1e-4);
        Images(folder).Should().Be((80, 21));
    }

    [SkippableFact]
    public void A_network_from_scratch_begins_with_PyTorchs_weights_after_manual_seed()
    {
        var folder = runs.New();

        Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "1", "--lr", "1e-30"])
            .Status.Should().Be(0);

        PythonReference.Run(Script, "initial", Path.Combine(folder, "last.pth"), "3").Should().BeEmpty();
    }

    [SkippableFact]
    public void Images_of_several_classes_are_measured_as_scikit_learn_does()
    {
        var (folder, table) = (runs.New(), runs.New() + ".csv");
        string[] shoes = ["Ankle boot", "Sandal", "Sneaker"], warm = ["Ankle boot", "Coat", "Pullover"];
        File.WriteAllLines(table, Directory.GetDirectories(runs.Images).SelectMany(Directory.GetFiles).Order(StringComparer.Ordinal)
            .Select(file => (File: Path.GetRelativePath(runs.Images, file), Class: Path.GetFileName(Path.GetDirectoryName(file))))
            .Select(image => $"{image.File},{(shoes.Contains(image.Class) ? 1 : 0)},{(warm.Contains(image.Class) ? 1 : 0)},{(image.Class == "Bag" ? 1 : 0)}")
            .Prepend("file,shoe,warm,bag"));

        var run = Densenet.Run(
            ["finetune", runs.Images, "--out", folder, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "2", "--val", table, "--balance", "--json"]);

        run.Status.Should().Be(0, run.Errors);
        var best = Path.Combine(folder, "best.pth");
        var expected = JsonDocument.Parse(PythonReference.Run(Script, "auroc", best, runs.Images, table)).RootElement;
        var metrics = run.Json.GetProperty("best").GetProperty("metrics");
        metrics.GetProperty("mean AUROC").GetDouble().Should().BeApproximately(expected.GetProperty("mean").GetDouble(), 1e-3);
        foreach (var label in expected.GetProperty("labels").EnumerateObject())
        {
            metrics.GetProperty($"AUROC {label.Name}").GetDouble().Should().BeApproximately(label.Value.GetDouble(), 5e-3, label.Name);
        }

        // Negatives by positives.
        Floats(Training(folder).GetProperty("options").GetProperty("positiveWeights"))
            .Should().Equal(Floats(expected.GetProperty("positiveWeights")), (a, b) => Math.Abs(a - b) < 1e-6);
        run.ErrorLines.Should().Contain(line => line.StartsWith("epoch 2/2") && line.Contains("mean AUROC") && !line.Contains("AUROC shoe"));
        var evaluated = Densenet.Run("evaluate", runs.Images, "--classes-csv", table, "--weights", best, "--json");
        evaluated.Json.GetProperty("meanAuroc").GetDouble().Should().BeApproximately(expected.GetProperty("mean").GetDouble(), 1e-3);

        // Thresholds that are chosen afterwards stay while nothing more is learned.
        Densenet.Run("evaluate", runs.Images, "--classes-csv", table, "--weights", best, "--tune-thresholds", "youden").Status.Should().Be(0);
        var (description, report) = (Path.Combine(folder, "run.json"), Path.Combine(folder, "report.html"));
        var tuned = File.ReadAllText(description);
        tuned.Should().Contain("thresholds");
        File.ReadAllText(report).Should().Contain("ROC curves").And.Contain("shoe");
        File.Delete(report);
        var ended = Densenet.Run("finetune", runs.Images, "--out", folder, "--classes-csv", table, "--val", table, "--resume");
        ended.Status.Should().Be(0, ended.Errors);
        File.ReadAllText(description).Should().Be(tuned);
        File.ReadAllText(report).Should().Contain("ROC curves").And.Contain("thresholds");
    }

    [SkippableFact]
    public void Balanced_classes_weigh_what_scikit_learn_says()
    {
        var images = runs.Subset(perClass: 8, classes: 4);
        foreach (var (i, folder) in Directory.GetDirectories(images).Order(StringComparer.Ordinal).Index())
        {
            Directory.GetFiles(folder).Skip(2 + i).ToList().ForEach(File.Delete);
        }

        var output = runs.New();
        var run = Densenet.Run(["finetune", images, "--out", output, .. FineTuneRuns.Small, "--epochs", "1", "--val", "0", "--balance"]);

        run.Status.Should().Be(0, run.Errors);
        var expected = JsonDocument.Parse(PythonReference.Run(Script, "balance", "2", "3", "4", "5")).RootElement;
        Floats(Training(output).GetProperty("options").GetProperty("classWeights")).Should().Equal(Floats(expected), (a, b) => Math.Abs(a - b) < 1e-6);
        Images(output).Should().Be((14, 0));
    }

    [Fact]
    public void A_copied_checkpoint_describes_itself_and_one_beside_run_json_is_described_by_that()
    {
        var image = Directory.GetFiles(Path.Combine(runs.Images, "Bag"))[0];
        var copy = runs.New() + ".pth";
        File.Copy(Path.Combine(runs.Whole, "best.pth"), copy);

        var beside = Densenet.Run("classify", image, "--weights", Path.Combine(runs.Whole, "best.pth"), "--json");
        var inside = Densenet.Run("classify", image, "--weights", copy, "--json");

        beside.Errors.Should().Contain("preset, class names, task from run.json beside");
        inside.Errors.Should().Contain("preset, class names, task from the description inside").And.Contain(copy);
        inside.Output.Should().Be(beside.Output);
        inside.Json[0].GetProperty("predictions").EnumerateArray().Select(p => p.GetProperty("label").GetString())
            .Should().BeSubsetOf(File.ReadLines(Path.Combine(runs.Whole, "labels.txt")));
        Densenet.Run("evaluate", runs.Images, "--weights", copy, "--json").Json.GetProperty("accuracy").GetDouble().Should().BeInRange(0, 1);
        Densenet.Run("features", image, "--weights", copy, "--out", runs.New() + ".safetensors", "--json").Json.GetProperty("tensor").GetProperty("shape")[1]
            .GetInt32().Should().Be(22, "8 features, 12 more, halved, and 12 more");
    }

    [Fact]
    public void Every_option_is_in_run_json()
    {
        var folder = runs.New();

        var run = Densenet.Run(
        [
            "finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--recipe", "timm", "--epochs", "3", "--batch-size", "9", "--optimizer", "adamw",
            "--momentum", "0.8", "--weight-decay", "0.002", "--schedule", "step", "--warmup", "0.5", "--augment", "shift", "--label-smoothing", "0.2",
            "--mixup", "0.4", "--accumulate", "2", "--clip", "3", "--ema", "0.7", "--patience", "5", "--cache", "none", "--save-every", "4",
            "--unfreeze", "2:features.denseblock2,features.norm5:0.1", "--unfreeze", "3:features.transition1", "--memory-efficient", "--preset", "timm-288",
        ]);

        run.Status.Should().Be(0, run.Errors);
        var training = Training(folder);
        var options = training.GetProperty("options");
        Text(options, "epochs", "batchSize", "seed", "warmupEpochs", "augmentation", "labelSmoothing", "mixupAlpha", "accumulationSteps", "maxGradientNorm")
            .Should().Be("3 9 3 0.5 Shift 0.2 0.4 2 3");
        Text(options, "averageDecay", "patience", "featureCaching", "saveEveryBatches", "bFloat16").Should().Be("0.7 5 None 4 False");
        Text(options.GetProperty("optimizer"), "kind", "learningRate", "momentum", "nesterov", "weightDecay", "decayNormsAndBiases")
            .Should().Be("AdamW 0.001 0.8 False 0.002 False", "norms and biases do not decay in timm");
        Text(options.GetProperty("schedule"), "kind", "everyEpochs", "gamma").Should().Be("step 1 0.1");
        options.GetProperty("stages").EnumerateArray().Select(stage =>
                $"{stage.GetProperty("fromEpoch")} {stage.GetProperty("modules").EnumerateArray().Select(m => m.GetString()).Aggregate((a, b) => $"{a},{b}")} {stage.GetProperty("learningRateFactor")}")
            .Should().Equal("0 classifier 1", "1 features.denseblock2,features.norm5 0.1", "2 features.transition1 1");
        Text(training.GetProperty("notes"), "weights", "recipe", "val", "device", "memory-efficient").Should().Be("none timm 0.2 cpu yes");
        // 303 is to 288 as 34 to 32.
        Text(Json(folder).GetProperty("preset"), "name", "resizeSize", "interpolation").Should().Be("timm-288+size 32 34 bicubic");
    }

    [Fact]
    public void Metric_sampler_and_plateau_are_in_run_json_and_the_metric_in_each_epochs_line()
    {
        var folder = runs.New();

        var run = Densenet.Run(
        [
            "finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "2", "--metric", "balanced-accuracy", "--sampler", "balanced",
            "--schedule", "plateau", "--plateau-factor", "0.5", "--plateau-patience", "0", "--plateau-threshold", "10", "--plateau-threshold-mode", "abs",
            "--plateau-cooldown", "1", "--plateau-min-lr", "0.001", "--tensorboard",
        ]);

        run.Status.Should().Be(0, run.Errors);
        var options = Training(folder).GetProperty("options");
        Text(options, "metric", "sampler").Should().Be("balanced-accuracy Balanced");
        Text(options.GetProperty("schedule"), "kind", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minimumRate")
            .Should().Be("plateau 0.5 0 10 Absolute 1 0.001");
        RunSchema.FaultsOf(File.ReadAllText(Path.Combine(folder, "run.json"))).Should().BeEmpty();
        run.ErrorLines.Where(line => line.StartsWith("epoch ")).Should().HaveCount(2).And.OnlyContain(line => line.Contains(", balanced accuracy 0."));
        Directory.GetFiles(Path.Combine(folder, "tensorboard"), "events.out.tfevents.*").Should().ContainSingle();
        File.ReadAllText(Path.Combine(folder, "curves.svg")).Should().Contain("calibration error");
    }

    [Fact]
    public void A_label_without_positives_is_a_warning_and_stays_a_label()
    {
        var (folder, table) = (runs.New(), runs.New() + ".csv");
        File.WriteAllLines(table, Directory.GetDirectories(runs.Images).SelectMany(Directory.GetFiles).Order(StringComparer.Ordinal)
            .Select((file, i) => $"{Path.GetRelativePath(runs.Images, file)},{i % 2},0").Prepend("file,mass,hernia"));

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "1", "--balance"]);

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().ContainSingle(line => line.StartsWith("densenet: no training image has hernia: "));
        FineTuneRuns.Tensors(folder, "best.pth")["classifier.bias"].Should().HaveCount(2 * sizeof(float));
    }

    [Fact]
    public void Adam_begins_with_PyTorchs_default_rate_where_none_is_given()
    {
        var folder = runs.New();

        Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--optimizer", "adam", "--epochs", "1"]).Status.Should().Be(0);

        Text(Training(folder).GetProperty("options").GetProperty("optimizer"), "kind", "learningRate", "weightDecay").Should().Be("Adam 0.001 0.0001");
    }

    [Fact]
    public void A_classifier_stays_only_where_the_classes_are_the_same_in_the_same_order()
    {
        var weights = Path.Combine(runs.Whole, "last.pth");
        var renamed = runs.Subset(perClass: 4);
        Directory.Move(Path.Combine(renamed, "Bag"), Path.Combine(renamed, "Abag"));
        string[] still = ["--weights", weights, "--epochs", "1", "--lr", "1e-30", "--val", "0", "--seed", "5"];

        var (same, other, fewer) = (runs.New(), runs.New(), runs.New());
        var kept = Densenet.Run(["finetune", runs.Images, "--out", same, .. still]);
        var replaced = Densenet.Run(["finetune", renamed, "--out", other, .. still]);
        var resized = Densenet.Run(["finetune", runs.Subset(perClass: 4, classes: 6), "--out", fewer, .. still]);

        kept.Errors.Should().Contain("preset from run.json").And.NotContain("new classifier");
        FineTuneRuns.Tensors(same, "last.pth")["classifier.weight"].Should().Equal(FineTuneRuns.Tensors(weights)["classifier.weight"]);
        replaced.ErrorLines.Should().Contain("densenet: a new classifier, for the classes of last.pth are not those of the images");
        FineTuneRuns.Tensors(other, "last.pth")["classifier.weight"].Should().NotEqual(FineTuneRuns.Tensors(weights)["classifier.weight"]);
        resized.Status.Should().Be(0, resized.Errors);
        FineTuneRuns.Tensors(fewer, "last.pth")["classifier.bias"].Should().HaveCount(6 * sizeof(float));
        FineTuneRuns.Tensors(fewer, "last.pth")["features.conv0.weight"].Should().Equal(FineTuneRuns.Tensors(weights)["features.conv0.weight"]);
    }

    [Fact]
    public void A_folder_that_is_divided_already_is_used_as_it_is_divided()
    {
        var folder = runs.New();
        runs.Subset(perClass: 5, into: Path.Combine(folder, "train"));
        runs.Subset(perClass: 2, into: Path.Combine(folder, "test"));
        var (tested, validated) = (runs.New(), runs.New());

        var withTest = Densenet.Run(["finetune", folder, "--out", tested, .. FineTuneRuns.Small, "--epochs", "1"]);
        runs.Subset(perClass: 3, into: Path.Combine(folder, "val"));
        var withBoth = Densenet.Run(["finetune", folder, "--out", validated, .. FineTuneRuns.Small, "--epochs", "1"]);

        withTest.ErrorLines[0].Should().Contain("learning from").And.Contain("train").And.NotContain("validating").And.EndWith($"left alone: {Path.Combine(folder, "test")}");
        Images(tested).Should().Be((40, 10), "of five images each one is held out, and no test image is looked at");
        withBoth.ErrorLines[0].Should().Contain($"validating with {Path.Combine(folder, "val")}");
        Images(validated).Should().Be((50, 30));
    }

    [Theory]
    [InlineData("Train", "VAL")]
    [InlineData("training", "validation")]
    [InlineData("train", "dev")]
    public void A_divided_folder_may_have_other_names_and_what_else_is_in_it_is_left_alone_and_named(string training, string heldOut)
    {
        var folder = runs.New();
        runs.Subset(perClass: 3, into: Path.Combine(folder, training));
        runs.Subset(perClass: 2, into: Path.Combine(folder, heldOut));
        runs.Subset(perClass: 1, classes: 1, into: Path.Combine(folder, training, "__MACOSX"));
        File.Copy(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).First(),
            Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "testing")).FullName, "unlabelled.png"));
        Directory.CreateDirectory(Path.Combine(folder, ".cache"));
        Directory.CreateDirectory(Path.Combine(folder, "notes"));
        var output = runs.New();

        var run = Densenet.Run(["finetune", folder, "--out", output, .. FineTuneRuns.Small, "--epochs", "1"]);

        run.Status.Should().Be(0, run.Errors);
        Images(output).Should().Be((30, 20));
        run.ErrorLines[0].Should().Be(
            $"densenet: learning from {Path.Combine(folder, training)}, validating with {Path.Combine(folder, heldOut)}; left alone: "
            + $"{Path.Combine(folder, "notes")}, {Path.Combine(folder, "testing")}");
    }

    [SkippableFact]
    public void Images_that_were_turned_upright_for_training_are_turned_upright_for_all_that_follows()
    {
        var images = runs.New();
        PythonReference.RunCode($$"""
            import os
            import numpy as np
            from PIL import Image
            exif = Image.Exif()
            exif[0x0112] = 6
            generator = np.random.default_rng(1)
            for name in ("flat", "steep"):
                os.makedirs(f"{{images}}/{name}")
                for i in range(6):
                    rows = generator.integers(0, 256, (8, 1, 1)).repeat(12, 1) if name == "flat" else generator.integers(0, 256, (1, 12, 1)).repeat(8, 0)
                    Image.fromarray(rows.repeat(3, 2).astype(np.uint8)).resize((60, 40)).save(f"{{images}}/{name}/{i}.jpg", exif=exif)
            """);
        var (output, turned, again) = (runs.New(), runs.New(), runs.New());

        Densenet.Run(["finetune", images, "--val", images, "--out", output, .. FineTuneRuns.Small, "--epochs", "2", "--exif-orientation"]).Status.Should().Be(0);

        var best = Path.Combine(output, "best.pth");
        var expected = DenseNetSharp.Reports.MetricsTable.Read(Path.Combine(output, "metrics.csv")).Select(epoch => epoch.ValidationLoss!.Value);
        var evaluation = Densenet.Run("evaluate", images, "--weights", best, "--json");
        evaluation.Errors.Should().Contain("EXIF orientation");
        expected.Should().Contain(loss => Math.Abs(loss - evaluation.Json.GetProperty("loss").GetDouble()) < 1e-5);
        var classified = Densenet.Run("classify", Path.Combine(images, "flat"), "--weights", best, "--json").Output;
        Densenet.Run("classify", Path.Combine(images, "flat"), "--weights", best, "--json", "--exif-orientation").Output.Should().Be(classified);
        var (from, goesOn) = (Densenet.Run(["finetune", images, "--out", again, "--weights", best, "--epochs", "1", "--keep-gray-bits"]), Json(again));
        from.ErrorLines.Should().Contain($"densenet: preset, EXIF orientation from run.json beside {best}");
        (goesOn.GetProperty("applyExifOrientation").GetBoolean(), goesOn.GetProperty("keepGrayBits").GetBoolean()).Should().Be((true, true));
        File.Copy(best, turned);
        Densenet.Run("classify", Path.Combine(images, "flat"), "--weights", turned, "--json").Output.Should().Be(classified);
    }

    [Fact]
    public void Images_of_one_channel_make_a_network_of_one_channel()
    {
        var folder = runs.New();

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "1", "--preset", "chest-xray"]);

        run.Status.Should().Be(0, run.Errors);
        Densenet.Run("inspect", Path.Combine(folder, "best.pth"), "--json").Json.GetProperty("tensors")[0].GetProperty("shape")
            .EnumerateArray().Select(side => side.GetInt32()).Should().Equal(8, 1, 7, 7);
        Densenet.Run("evaluate", runs.Images, "--weights", Path.Combine(folder, "best.pth"), "--json").Status.Should().Be(0);
    }

    [Fact]
    public void Gray_is_repeated_for_a_network_of_three_channels_and_the_run_knows_it()
    {
        var (first, second) = (runs.New(), runs.New());
        Densenet.Run(["finetune", runs.Images, "--out", first, .. FineTuneRuns.Small, "--epochs", "1"]).Status.Should().Be(0);

        var run = Densenet.Run(
            "finetune", runs.Images, "--out", second, "--weights", Path.Combine(first, "best.pth"), "--epochs", "1", "--preset", "chest-xray", "--size", "32",
            "--keep-gray-bits");

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain("densenet: the preset chest-xray+size 32 makes one channel and the network takes three: gray is repeated");
        var preset = Json(second).GetProperty("preset");
        preset.GetProperty("name").GetString().Should().Be("chest-xray+size 32 as 3 channels");
        (preset.GetProperty("channels").GetInt32(), preset.GetProperty("convertToGray").GetBoolean()).Should().Be((3, true));
        Json(second).GetProperty("keepGrayBits").GetBoolean().Should().BeTrue();
        RunSchema.FaultsOf(File.ReadAllText(Path.Combine(second, "run.json"))).Should().BeEmpty();
        var evaluation = Densenet.Run("evaluate", runs.Images, "--weights", Path.Combine(second, "best.pth"), "--json");
        evaluation.Status.Should().Be(0, evaluation.Errors);
        evaluation.Errors.Should().Contain("preset, class names, 16-bit gray, task from run.json beside").And.NotContain("repeated");
        var resumed = Densenet.Run(
            "finetune", runs.Images, "--out", second, "--resume", "--preset", "chest-xray", "--size", "32", "--keep-gray-bits");
        resumed.Status.Should().Be(0, resumed.Errors);
    }

    [Fact]
    public void People_get_a_table_of_the_epochs_and_the_way_to_the_best()
    {
        var folder = runs.New();

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "2", "--freeze"]);

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().Contain("validation loss").And.Contain("top-5 accuracy").And.MatchRegex(@"\|\s+2 \|")
            .And.MatchRegex($@"best epoch [12]: {Path.Combine(folder, "best.pth")}");
        run.ErrorLines.Should().HaveCount(4).And.Contain("densenet: preset torchvision-imagenet, changed: size 32").And.Contain("densenet: 60 images of 10 classes to learn from, 20 to validate with");
    }

    private static JsonElement Json(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement;

    private static JsonElement Training(string folder) => Json(folder).GetProperty("training");

    private static (int Training, int Validation) Images(string folder) =>
        (Training(folder).GetProperty("trainingImages").GetInt32(), Training(folder).GetProperty("validationImages").GetInt32());

    private static string Text(JsonElement json, params string[] names) =>
        string.Join(' ', names.Select(name => Convert.ToString(json.GetProperty(name), CultureInfo.InvariantCulture)));

    private static IEnumerable<double> Floats(JsonElement json) => json.EnumerateArray().Select(value => value.GetDouble());
}
