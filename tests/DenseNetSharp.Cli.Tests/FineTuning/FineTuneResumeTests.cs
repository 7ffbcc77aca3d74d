using System.Diagnostics;
using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.FineTuning;

public sealed class FineTuneResumeTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    private const int Kills = 5;

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_run_that_is_interrupted_saves_where_it_is_says_how_to_go_on_and_then_gives_the_same_weights_to_the_bit(string signal, int expected)
    {
        Skip.If(OperatingSystem.IsWindows(), "The signal is sent with kill.");
        Skip.If(signal == "INT" && FineTuneRuns.IgnoresInterrupts, "Shells have what scripts put into the background ignore SIGINT, and so does what the tests start.");
        var folder = runs.New();
        var (status, lines) = await runs.BeginAndEnd(folder, signal, savesOften: false);

        status.Should().Be(expected);
        var stopped = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("training");
        (stopped.GetProperty("epochsDone").GetInt32() + stopped.GetProperty("batchesDone").GetInt32()).Should().BePositive("what was learned is not lost");
        lines[^1].Should().Be($"densenet: stopped; the same command with --resume goes on with {folder}.");
        lines.Should().NotContain(line => line.StartsWith($"epoch {FineTuneRuns.Epochs}/"));
        FineTuneRuns.Tensors(folder, "last.pth").Should().NotBeEmpty();

        // Nothing but the folders is said again.
        var rest = Densenet.RunProcess("finetune", runs.Images, "--out", folder, "--resume", "--threads", "1");

        rest.Status.Should().Be(0, rest.Errors);
        rest.ErrorLines[0].Should().MatchRegex($@"going on with {folder} after epoch \d+ of {FineTuneRuns.Epochs}$");
        rest.ErrorLines[^1].Should().StartWith($"epoch {FineTuneRuns.Epochs}/{FineTuneRuns.Epochs}: ");
        FineTuneRuns.ShouldHaveTheSameWeights(folder, runs.Whole);
        Figures(folder).Should().Equal(Figures(runs.Whole));
    }

    [Fact]
    public void A_run_that_is_killed_again_and_again_loses_no_state_and_gives_the_same_weights_to_the_bit()
    {
        var folder = runs.New();
        var random = new Random(20);
        string[] command = ["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Everything, "--resume"];
        var killedAtWork = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var run = Densenet.Start([], command);
            var errors = run.StandardError.ReadToEndAsync();
            var output = run.StandardOutput.ReadToEndAsync();
            // Some while they start; most from their first save on, at any moment of a batch or a save.
            var isAtWork = kill % 3 != 0 && WaitForSave(run, folder);
            run.WaitForExit(random.Next(isAtWork ? 120 : 600));
            killedAtWork += isAtWork && !run.HasExited ? 1 : 0;
            run.Kill();
            run.WaitForExit();
            foreach (var file in new[] { "state.safetensors", "best.pth", "last.pth" }.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            {
                FineTuneRuns.Tensors(file).Should().NotBeEmpty(file);
            }
        }

        killedAtWork.Should().BePositive("else nothing was tried");
        var rest = Densenet.RunProcess(command);

        rest.Status.Should().Be(0, rest.Errors);
        FineTuneRuns.ShouldHaveTheSameWeights(folder, runs.Whole);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            Directory.GetFiles(runs.Whole).Select(Path.GetFileName), "what a killed process was writing is cleared away");
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_to_the_bit_and_another_does_not()
    {
        var (same, other) = (runs.New(), runs.New());

        Densenet.Run(["finetune", runs.Images, "--out", same, .. FineTuneRuns.Everything]).Status.Should().Be(0);
        var seed = Array.IndexOf(FineTuneRuns.Everything, "--seed") + 1;
        Densenet.Run(["finetune", runs.Images, "--out", other, .. FineTuneRuns.Everything[..seed], "4", .. FineTuneRuns.Everything[(seed + 1)..]])
            .Status.Should().Be(0);

        FineTuneRuns.ShouldHaveTheSameWeights(same, runs.Whole);
        FineTuneRuns.Tensors(other, "last.pth")["features.conv0.weight"].Should().NotEqual(FineTuneRuns.Tensors(same, "last.pth")["features.conv0.weight"]);
    }

    [Fact]
    public void A_finished_run_is_not_begun_again_unasked_and_shows_its_figures_when_asked()
    {
        var before = FineTuneRuns.Tensors(runs.Whole, "state.safetensors");

        var refused = Densenet.Run(["finetune", runs.Images, "--out", runs.Whole, .. FineTuneRuns.Everything]);
        var shown = Densenet.Run("finetune", runs.Images, "--out", runs.Whole, "--resume", "--json");

        refused.Status.Should().Be(1);
        refused.ErrorLines.Should().ContainSingle().Which.Should().Contain(runs.Whole).And.Contain("--resume").And.Contain("--out");
        shown.Status.Should().Be(0, shown.Errors);
        shown.Json.GetProperty("epochs").GetArrayLength().Should().Be(FineTuneRuns.Epochs);
        FineTuneRuns.Tensors(runs.Whole, "state.safetensors").Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_run_with_its_channels_last_in_bfloat16_goes_on_so()
    {
        var folder = runs.New();
        string[] command = ["finetune", runs.Subset(perClass: 4, classes: 3), "--out", folder];

        var first = Densenet.Run([.. command, .. FineTuneRuns.Small, "--channels-last", "--dtype", "bfloat16", "--epochs", "1", "--threads", "1"]);
        var more = Densenet.Run([.. command, "--resume", "--epochs", "2", "--threads", "1"]);

        first.Status.Should().Be(0, first.Errors);
        more.Status.Should().Be(0, more.Errors);
        var training = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("training");
        training.GetProperty("notes").GetProperty("channels-last").GetString().Should().Be("true");
        training.GetProperty("options").GetProperty("bFloat16").GetBoolean().Should().BeTrue();
        training.GetProperty("epochsDone").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("cannot end after 9: take 16 epochs or more", "--epochs", "9")]
    [InlineData("training.options.metric", "--metric", "f1")]
    [InlineData("training.options.sampler", "--sampler", "balanced")]
    [InlineData("training.options.schedule.kind", "--schedule", "plateau")]
    [InlineData("training.options.optimizer.learningRate", "--lr", "0.5")]
    [InlineData("--val", "--val", "0.25")]
    [InlineData("--growth", "--growth", "12")]
    [InlineData("--weights", "--weights", "densenet169")]
    [InlineData("--recipe", "--recipe", "timm")]
    [InlineData("--channels-last is false, not true", "--channels-last")]
    [InlineData("preset", "--size", "64")]
    [InlineData("task", "--task", "multilabel", "--label-smoothing", "0")]
    public void What_the_run_did_not_begin_with_is_refused_by_name(string name, params string[] options)
    {
        var run = Densenet.Run(["finetune", runs.Images, "--out", runs.Whole, "--resume", .. options]);

        run.Status.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain(name).And.Contain(runs.Whole).And.Contain("name another folder");
    }

    [Fact]
    public void A_finished_run_goes_on_with_more_epochs_and_says_what_becomes_of_the_learning_rate()
    {
        var folder = runs.New();
        string[] command = ["finetune", runs.Images, "--out", folder];
        Densenet.Run([.. command, .. FineTuneRuns.Small, "--epochs", "1", "--tensorboard"]).Status.Should().Be(0);

        var shown = Densenet.Run([.. command, "--resume", "--json"]);
        var more = Densenet.Run([.. command, "--resume", "--epochs", "3", "--json"]);

        shown.ErrorLines[0].Should().Be($"densenet: the run in {folder} has had its 1 epoch; --epochs lengthens it");
        var same = Densenet.Run([.. command, "--resume", "--metric", "accuracy"]);
        same.Status.Should().Be(0, same.Errors);
        more.Status.Should().Be(0, more.Errors);
        more.Json.GetProperty("epochs").GetArrayLength().Should().Be(3);
        more.ErrorLines[0].Should().Be($"densenet: going on with {folder} after epoch 1 of 3");
        more.ErrorLines.Should().ContainSingle(line => line.StartsWith("densenet: the run has 3 epochs now instead of 1; the learning rate is from here on that of a "
            + "run of 3 epochs (cosine): it goes on at 0.0075, and was "));
        Directory.GetFiles(Path.Combine(folder, "tensorboard")).Should().HaveCount(2, "it goes on with that, too");
    }

    [Fact]
    public void A_run_that_ended_early_goes_on_with_more_patience()
    {
        var folder = runs.New();
        string[] command = ["finetune", runs.Images, "--out", folder];
        string[] still = [.. FineTuneRuns.Small, "--lr", "1e-30", "--freeze", "--epochs", "5", "--patience", "1"];
        Densenet.Run([.. command, .. still, "--json"]).Json.GetProperty("stoppedEarly").GetBoolean().Should().BeTrue();

        var shown = Densenet.Run([.. command, "--resume"]);
        var more = Densenet.Run([.. command, "--resume", "--patience", "9", "--json"]);

        shown.ErrorLines[0].Should().Be($"densenet: the run in {folder} ended after epoch 2 of 5 for want of improvement; more --patience goes on");
        more.ErrorLines.Should().Contain("densenet: patience is 9 epochs from here on; it was 1 epoch");
        more.Json.GetProperty("epochs").GetArrayLength().Should().Be(5);
    }

    [Fact]
    public void Other_images_than_the_runs_are_refused()
    {
        var others = Densenet.Run("finetune", runs.Subset(perClass: 7), "--out", runs.Whole, "--resume");
        var fewer = Densenet.Run("finetune", runs.Subset(perClass: 8, classes: 9), "--out", runs.Whole, "--resume");

        others.ErrorLines.Should().ContainSingle().Which.Should().Contain("trainingImages");
        fewer.ErrorLines.Should().ContainSingle().Which.Should().Contain("classes").And.Contain("Trouser");
        (others.Status, fewer.Status).Should().Be((1, 1));
    }

    [Fact]
    public void A_damaged_state_is_named()
    {
        var folder = runs.CopyOf(runs.Whole);
        var state = Path.Combine(folder, "state.safetensors");
        using (var stream = File.OpenWrite(state))
        {
            stream.SetLength(stream.Length / 2);
        }

        var run = Densenet.Run("finetune", runs.Images, "--out", folder, "--resume");

        run.Status.Should().Be(1);
        run.ErrorLines.Should().ContainSingle().Which.Should().Contain(state);
    }

    /// <summary>Whether the run has saved its state before it ended.</summary>
    private static bool WaitForSave(Process run, string folder)
    {
        var state = Path.Combine(folder, "state.safetensors");
        var before = File.GetLastWriteTimeUtc(state);
        while (!run.HasExited)
        {
            if (File.GetLastWriteTimeUtc(state) != before)
            {
                return true;
            }

            Thread.Sleep(1);
        }

        return false;
    }

    /// <summary>All that the table of the epochs says but how long they took.</summary>
    private static IEnumerable<string> Figures(string folder)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "metrics.csv")).Select(row => row.Split(','))];
        var seconds = Array.IndexOf(rows[0], "seconds");
        seconds.Should().BePositive();
        return rows.Select(row => string.Join(',', row.Where((_, column) => column != seconds)));
    }
}
