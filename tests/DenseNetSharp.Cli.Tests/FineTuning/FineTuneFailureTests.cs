using System.Diagnostics;

namespace DenseNetSharp.Cli.Tests.FineTuning;

public sealed class FineTuneFailureTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    [Theory]
    [InlineData("--epochs is 0; it must be a whole number from 1", "--epochs", "0")]
    [InlineData("--lr is fast; it must be above 0", "--lr", "fast")]
    [InlineData("--lr is NaN; it must be above 0", "--lr", "NaN")]
    [InlineData("--seed is -1; it must be a whole number from 0", "--seed", "-1")]
    [InlineData("--optimizer is lion; it must be sgd, adam or adamw", "--optimizer", "lion")]
    [InlineData("--schedule is stairs; it must be constant, step, cosine, one-cycle or plateau", "--schedule", "stairs")]
    [InlineData("--metric is taste; it must be accuracy, top5-accuracy, balanced-accuracy", "--metric", "taste")]
    [InlineData("--metric top5-accuracy is for classes that exclude each other", "--metric", "top5-accuracy", "--task", "multilabel")]
    [InlineData("--metric f1 is measured on images held out, and --val 0 holds none out", "--metric", "f1", "--val", "0")]
    [InlineData("--sampler is luck; it must be shuffle or balanced", "--sampler", "luck")]
    [InlineData("--sampler balanced is for classes that exclude each other", "--sampler", "balanced", "--task", "multilabel")]
    [InlineData("--plateau-factor is 1; it must be above 0 and below 1", "--plateau-factor", "1", "--schedule", "plateau")]
    [InlineData("--plateau-patience is -1; it must be a whole number from 0", "--plateau-patience", "-1", "--schedule", "plateau")]
    [InlineData("--plateau-cooldown is for --schedule plateau", "--plateau-cooldown", "2")]
    [InlineData("--augment is blur; it must be none, flip, crop, shift or jitter", "--augment", "blur")]
    [InlineData("--recipe is soup; it must be finetune, paper-imagenet, paper-cifar or timm", "--recipe", "soup")]
    [InlineData("--task is chores; it must be multiclass or multilabel", "--task", "chores")]
    [InlineData("--cache is tape; it must be memory, disk or none", "--cache", "tape")]
    [InlineData("--momentum is 1; it must be at least 0 and below 1", "--momentum", "1")]
    [InlineData("--label-smoothing is 1; it must be at least 0 and below 1", "--label-smoothing", "1")]
    [InlineData("--clip is 0; it must be above 0", "--clip", "0")]
    [InlineData("--mixup is -1; it must be 0 or more", "--mixup", "-1")]
    [InlineData("--val is 1.5; it must be a folder, or a share", "--val", "1.5")]
    [InlineData("--unfreeze is features; it must be EPOCH:MODULE", "--unfreeze", "features")]
    [InlineData("--unfreeze is 0:features; it must be EPOCH:MODULE", "--unfreeze", "0:features")]
    [InlineData("--unfreeze names epoch 11, but there are 10", "--unfreeze", "11:features")]
    [InlineData("--unfreeze names features.denseblock9, but the network has no such module", "--unfreeze", "1:features.denseblock9", "--weights", "none")]
    [InlineData("--unfreeze names features twice", "--unfreeze", "1:features", "--unfreeze", "2:features")]
    [InlineData("--nesterov is for SGD", "--nesterov", "--optimizer", "adam")]
    [InlineData("The warm-up of 3 epochs (--warmup) must be shorter than the run's 3", "--warmup", "3", "--epochs", "3")]
    [InlineData("--label-smoothing is for classes that exclude each other", "--label-smoothing", "0.1", "--task", "multilabel")]
    [InlineData("--growth, --blocks and --init-features are for a network that begins with random weights", "--growth", "8")]
    [InlineData("leave out --model", "--growth", "8", "--weights", "none", "--model", "densenet121")]
    [InlineData("--blocks is 2,x; it must be", "--blocks", "2,x", "--weights", "none")]
    [InlineData("--model is densenet7; it must be one of", "--model", "densenet7")]
    [InlineData("--preset is polaroid; it must be one of", "--preset", "polaroid", "--weights", "none")]
    [InlineData("images of 8x8, but the network takes 29x29 at least", "--size", "8", "--weights", "none")]
    [InlineData("--device is 'abacus'", "--device", "abacus", "--weights", "none")]
    [InlineData("--mean has 3 values, but the preset gray makes images of 1 channel", "--preset", "gray", "--mean", "1,2,3", "--weights", "none")]
    [InlineData("--path-column is for tables; name one with --classes-csv", "--path-column", "file")]
    [InlineData("--class-column and --label-columns are two ways", "--classes-csv", "t.csv", "--class-column", "a", "--label-columns", "b,c")]
    [InlineData("--uncertain is maybe; it must be zero, one or ignore", "--classes-csv", "t.csv", "--uncertain", "maybe")]
    [InlineData("--uncertain is one:a and zero:a; it must be one of them", "--classes-csv", "t.csv", "--uncertain", "one:a", "--uncertain", "zero:a")]
    [InlineData("--blank is one; it must be zero or ignore", "--classes-csv", "t.csv", "--blank", "one")]
    [InlineData("--missing is ask; it must be fail or skip", "--classes-csv", "t.csv", "--missing", "ask")]
    [InlineData("--separator is ;;; it must be one character, or tab", "--classes-csv", "t.csv", "--separator", ";;")]
    [InlineData("--fold is one of several parts; say how many with --folds", "--fold", "1")]
    [InlineData("--folds 5 needs --fold, the part to validate with, from 0 to 4", "--folds", "5")]
    [InlineData("--fold is 5; with --folds 5 it must be from 0 to 4", "--folds", "5", "--fold", "5")]
    [InlineData("--val and --folds both say what to validate with", "--folds", "5", "--fold", "1", "--val", "0.1")]
    [InlineData("is a folder; with --classes-csv it must be a CSV file", "--classes-csv", "/")]
    public void Wrong_options_are_status_2_and_a_sentence(string sentence, params string[] options)
    {
        var folder = runs.New();

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. options]);

        run.Status.Should().Be(2);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain(sentence);
        run.Output.Should().BeEmpty();
        Directory.Exists(folder).Should().BeFalse("nothing is begun");
    }

    [Fact]
    public void Where_the_output_goes_must_be_a_folder_that_is_no_class()
    {
        var inside = Path.Combine(runs.Images, "run");

        var asClass = Densenet.Run(["finetune", runs.Images, "--out", inside, .. FineTuneRuns.Small]);
        var asFile = Densenet.Run(["finetune", runs.Images, "--out", Path.Combine(AppContext.BaseDirectory, "densenet.dll"), .. FineTuneRuns.Small]);

        asClass.ErrorLines.Should().ContainSingle().Which.Should().Contain(inside).And.Contain("taken for a class");
        asFile.ErrorLines.Should().ContainSingle().Which.Should().Contain("is a file");
        (asClass.Status, asFile.Status, Directory.Exists(inside)).Should().Be((2, 2, false));
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        string[] Lines(string folder, params string[] options) => Densenet.Run(["finetune", folder, "--out", runs.New(), .. options]).ErrorLines;

        Lines("nowhere", FineTuneRuns.Small).Should().Equal("densenet: nowhere: there is no such folder.");
        Lines(runs.Images, "--weights", "nothing.pth").Should().ContainSingle().Which.Should().Contain("--weights nothing.pth: there is no such file");
        Lines(runs.Images, [.. FineTuneRuns.Small, "--val", "nowhere"]).Should().Equal("densenet: --val nowhere: there is no such folder.");
        Lines(runs.Images, [.. FineTuneRuns.Small, "--classes-csv", "no.csv"]).Should().Equal("densenet: --classes-csv no.csv: there is no such file.");
        var empty = runs.Subset(perClass: 2, classes: 3);
        Directory.CreateDirectory(Path.Combine(empty, "Unicorn"));
        Lines(empty, FineTuneRuns.Small).Should().ContainSingle().Which.Should().Contain("Unicorn has no images").And.EndWith("); every class needs some.");
        foreach (var name in new[] { "1.dcm", "2.DCM", "notes.txt", "scan", ".DS_Store" })
        {
            File.WriteAllText(Path.Combine(empty, "Unicorn", name), "");
        }

        Lines(empty, FineTuneRuns.Small).Should().ContainSingle().Which.Should()
            .Contain("Unicorn has no images").And.EndWith("), but 2 .dcm, 1 .txt, 1 without ending; every class needs some.");
    }

    [Fact]
    public void Pretrained_weights_that_cannot_be_had_are_named_with_url_and_option()
    {
        var folder = runs.New();

        var run = Densenet.RunIn(
            new() { ["TORCH_HOME"] = runs.New(), ["HF_HOME"] = runs.New(), ["DENSENETSHARP_OFFLINE"] = "1" },
            "finetune", runs.Images, "--out", folder, "--model", "densenet169");

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should()
            .Contain("https://download.pytorch.org/models/densenet169-b2777c0a.pth").And.Contain("--weights");
        Directory.Exists(folder).Should().BeFalse();
    }

    [Fact]
    public void An_unreadable_image_is_reported_once_and_left_out()
    {
        var images = runs.Subset(perClass: 4);
        var broken = Path.Combine(images, "Bag", "broken.png");
        File.WriteAllText(broken, "no image");
        var folder = runs.New();

        var run = Densenet.Run(["finetune", images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "2", "--val", "0", "--json"]);

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines[^1].Should().Be("densenet: 1 image could not be read, named above; the run went on without.");
        run.ErrorLines.Should().ContainSingle(line => line.Contains("broken.png")).Which.Should().StartWith($"densenet: {broken}: ");
        run.Json.GetProperty("unreadable").EnumerateArray().Single().GetProperty("image").GetString().Should().Be(broken);
        run.Json.GetProperty("epochs").GetArrayLength().Should().Be(2);
        FineTuneRuns.Tensors(folder, "best.pth").Should().NotBeEmpty();
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_and_the_epochs_before_are_kept()
    {
        var folder = runs.New();

        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "3", "--unfreeze", "2:features:1e36"]);

        run.Status.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.ErrorLines.Should().HaveCount(4);
        run.ErrorLines[^2].Should().StartWith("epoch 1/3: ");
        run.ErrorLines[^1].Should().MatchRegex("^densenet: .*(NaN|no number).*learning rate");
        File.ReadLines(Path.Combine(folder, "metrics.csv")).Should().HaveCount(2);
        FineTuneRuns.Tensors(folder, "best.pth").Should().NotBeEmpty();
        FineTuneRuns.Tensors(folder, "state.safetensors").Should().NotBeEmpty();
    }

    [SkippableFact]
    public async Task A_full_disk_is_one_line_and_the_state_before_goes_on()
    {
        Skip.IfNot(File.Exists("/bin/bash"), "The shell sets the limit.");
        var folder = runs.New();
        await runs.BeginAndEnd(folder, "KILL");
        var state = Path.Combine(folder, "state.safetensors");
        var before = File.ReadAllBytes(state);

        var run = RunLimited(before.Length / 1024 / 2, "finetune", runs.Images, "--out", folder, "--resume", "--threads", "1");

        run.Status.Should().Be(1);
        run.ErrorLines.Where(line => line.Contains("cannot be written")).Should().Equal(run.ErrorLines[^1]);
        run.ErrorLines[^1].Should().StartWith($"densenet: {state} cannot be written: ");
        File.ReadAllBytes(state).Should().Equal(before);
        Directory.GetFiles(folder, "*.tmp").Should().BeEmpty("nothing half written is left");
        Densenet.Run("finetune", runs.Images, "--out", folder, "--resume", "--threads", "1").Status.Should().Be(0);
        FineTuneRuns.ShouldHaveTheSameWeights(folder, runs.Whole);
    }

    /// <summary>Runs the command where no file may have more than some KiB; what the runtime keeps in files of its own does not
    /// count.</summary>
    private static Densenet RunLimited(int kibibytes, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "/bin/bash",
            [
                "-c", $"trap '' XFSZ; ulimit -f {kibibytes}; exec dotnet exec \"$0\" \"$@\"",
                Path.Combine(AppContext.BaseDirectory, "densenet.dll"), .. arguments,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Densenet(process.ExitCode, output, errors.Result);
    }
}
