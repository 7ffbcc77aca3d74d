using System.Text.Json;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Cli.Tests.FineTuning;

/// <summary>The whole family by the command: learned from scratch, taken elsewhere, and named where a file does not tell.</summary>
public sealed class FamilyRunTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    [Fact]
    public void The_papers_recipe_begins_with_its_own_network_at_CIFARs_size()
    {
        var folder = runs.New();

        var run = Densenet.Run("finetune", runs.Subset(perClass: 2, classes: 4), "--out", folder, "--recipe", "paper-cifar", "--epochs", "1", "--batch-size", "4", "--val", "0.25");

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain(
            "densenet: the recipe paper-cifar begins with densenet-bc-100-12 and random weights; --model and --weights name another");
        var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement;
        json.GetProperty("architecture").GetString().Should().Be("densenet-bc-100-12");
        json.GetProperty("preset").GetProperty("name").GetString().Should().Be("cifar10");
        File.ReadAllText(Path.Combine(folder, "curves.svg")).Should().Contain("<svg");
        Densenet.Run("inspect", Path.Combine(folder, "best.pth")).Output.Should().Contain("fits: densenet-bc-100-12, 4 classes");
    }

    [Fact]
    public void The_papers_recipe_takes_another_network_that_is_named()
    {
        var folder = runs.New();

        var run = Densenet.Run(
            "finetune", runs.Subset(perClass: 2, classes: 3), "--out", folder, "--recipe", "paper-cifar", "--model", "densenet-bc-16-4", "--epochs", "1",
            "--batch-size", "3", "--val", "0.5");
        var unnamed = Densenet.Run("finetune", runs.Images, "--out", runs.New(), "--model", "densenet-40-12");

        run.Status.Should().Be(0, run.Errors);
        Densenet.Run("inspect", Path.Combine(folder, "best.pth")).Output.Should().Contain("fits: densenet-bc-16-4, 3 classes");
        unnamed.Status.Should().Be(2);
        unnamed.Errors.Should().Contain("There are no pretrained weights of densenet-40-12; --weights names a checkpoint file, or, in finetune, none");
    }

    [Fact]
    public void A_notebooks_network_learns_and_its_file_says_what_no_tensor_does()
    {
        var folder = runs.New();

        var run = Densenet.Run(
            "finetune", runs.Subset(perClass: 2, classes: 3), "--out", folder, "--model", "densenet-notebook", "--weights", "none", "--size", "48", "--epochs", "1",
            "--batch-size", "3", "--val", "0.5");

        run.Status.Should().Be(0, run.Errors);
        var best = Path.Combine(folder, "best.pth");
        Densenet.Run("inspect", best).Output.Should().Contain("fits: densenet-notebook, 3 classes");
        using var checkpoint = Checkpoint.Open(best);
        checkpoint.Metadata["DenseNetSpec"].Should().Contain("\"hasSamePadding\":true").And.Contain("\"batchNormEpsilon\":0.001");
        var picture = Directory.EnumerateFiles(runs.Images, "*.png", SearchOption.AllDirectories).First();
        var engines = ((string[])["fused", "torch"]).Select(engine => Densenet.Run(
            "classify", picture, "--weights", best, "--engine", engine, "--top", "1", "--json")).ToArray();
        engines.Select(it => it.Status).Should().Equal(0, 0);
        var probabilities = engines.Select(it => it.Json[0].GetProperty("predictions")[0].GetProperty("probability").GetDouble()).ToArray();
        probabilities[0].Should().BeApproximately(probabilities[1], 1e-4);
    }

    [Fact]
    public void One_channel_sums_the_first_filters_of_weights_for_colour()
    {
        var (first, second) = (runs.New(), runs.New());
        Densenet.Run(["finetune", runs.Images, "--out", first, .. FineTuneRuns.Small, "--epochs", "1"]).Status.Should().Be(0);

        var run = Densenet.Run(
            "finetune", runs.Images, "--out", second, "--weights", Path.Combine(first, "best.pth"), "--channels", "1", "--epochs", "1", "--lr", "1e-30");

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain(line => line.EndsWith("best.pth are summed over their colours, for images of one channel"));
        using var before = Checkpoint.Open(Path.Combine(first, "best.pth"));
        using var after = Checkpoint.Open(Path.Combine(second, "best.pth"));
        var (colours, gray) = (before.Tensors["features.conv0.weight"], after.Tensors["features.conv0.weight"]);
        gray.Shape.Should().Equal(colours.Shape[0], 1, 7, 7);
        var values = colours.ToSingleArray();
        gray.ToSingleArray().Should().Equal(Enumerable.Range(0, (int)gray.ElementCount).Select(i =>
        {
            var (filter, pixel) = Math.DivRem(i, 49);
            return values[(filter * 147) + pixel] + values[(filter * 147) + 49 + pixel] + values[(filter * 147) + 98 + pixel];
        }));
    }

    [Fact]
    public void A_deep_stem_that_nothing_tells_of_is_computed_once_it_is_named()
    {
        using var folder = new TemporaryFolder();
        var spec = DenseNetSpec.Densenetblur121d with { NumClasses = 3 };
        using (var weights = RandomNetwork.Create(spec))
        {
            weights.Save(folder.File("best.safetensors"));
        }

        var picture = Directory.EnumerateFiles(runs.Images, "*.png", SearchOption.AllDirectories).First();
        string[] command = ["classify", picture, "--weights", folder.File("best.safetensors"), "--size", "32", "--json"];

        var refused = Densenet.Run(command);
        var named = Densenet.Run([.. command, "--model", "densenetblur121d"]);
        var other = Densenet.Run([.. command, "--model", "densenet264d"]);

        refused.Status.Should().Be(1);
        refused.Errors.Should().Contain("deep stem").And.Contain("the network must be named");
        named.Status.Should().Be(0, named.Errors);
        named.Json[0].GetProperty("predictions").GetArrayLength().Should().Be(3);
        other.Status.Should().Be(2);
        other.Errors.Should().Contain("--model is densenet264d, but");
    }

    [Fact]
    public void The_activation_of_a_head_of_several_layers_is_said_and_can_be_named()
    {
        using var folder = new TemporaryFolder();
        var spec = new DenseNetSpec { GrowthRate = 4, BlockConfig = [1, 1], InitFeatures = 8, NumClasses = 0 }.WithHead(
        [
            new() { Name = "classifier.0", Kind = HeadLayerKind.Linear, InFeatures = 10, OutFeatures = 6 },
            new() { Name = "classifier.1", Kind = HeadLayerKind.ReLU, InFeatures = 6, OutFeatures = 6 },
            new() { Name = "classifier.2", Kind = HeadLayerKind.Linear, InFeatures = 6, OutFeatures = 3 },
        ]);
        using (var weights = RandomNetwork.Create(spec))
        {
            weights.Save(folder.File("head.pth"));
        }

        var picture = Directory.EnumerateFiles(runs.Images, "*.png", SearchOption.AllDirectories).First();
        string[] command = ["classify", picture, "--weights", folder.File("head.pth"), "--size", "32", "--json"];
        var (assumed, relu, tanh) = (
            Densenet.Run(command), Densenet.Run([.. command, "--head-activation", "relu"]), Densenet.Run([.. command, "--head-activation", "tanh"]));

        assumed.ErrorLines.Should().Contain(line => line.Contains("ReLU is assumed after classifier.0; --head-activation names another"));
        relu.Errors.Should().NotContain("assumed");
        relu.Output.Should().Be(assumed.Output);
        tanh.Output.Should().NotBe(assumed.Output);
        new[] { assumed, relu, tanh }.Select(run => run.Status).Should().Equal(0, 0, 0);
    }

    [Theory]
    [InlineData("densenetblur121d", "(1): BlurPool2d()", "7,998,088")]
    [InlineData("densenet-bc-100-12", "(conv0): Conv2d(3, 24, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)", "769,162")]
    public void Summary_prints_any_named_network(string name, string line, string parameters)
    {
        var run = Densenet.Run("summary", "--model", name);

        run.Status.Should().Be(0, run.Errors);
        run.Output.Should().Contain(line).And.Contain(parameters);
    }
}
