using System.Globalization;
using System.Text.Json;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Tests.Commands;

/// <summary>Temperatures, test-time augmentation and ensembles.</summary>
public sealed class TrustTests(TrustTests.Reference reference) : IClassFixture<TrustTests.Reference>
{
    private static readonly string[] _names = ["ant", "bee", "cat", "dog"];

    private JsonElement Expected => JsonDocument.Parse(File.ReadAllText(reference["expected.json"])).RootElement;

    private string First => reference["first/best.pth"];

    private string Second => reference["second/best.pth"];

    [SkippableTheory]
    [InlineData("flip")]
    [InlineData("fivecrop")]
    [InlineData("tencrop")]
    [InlineData("tencrop", "--engine", "torch")]
    public void Test_time_augmentation_is_the_mean_of_the_networks_outputs_for_torchvisions_views(string kind, params string[] engine)
    {
        var run = Classify(["--weights", First, "--tta", kind, "--batch-size", "16", .. engine]);

        ShouldBe(run, kind);
        run.Errors.Should().NotContain("temperature");
    }

    [SkippableFact]
    public void Without_the_options_nothing_is_other_than_before_and_a_stored_temperature_is_applied_and_said()
    {
        var plain = Classify(["--weights", First]);
        var at2 = Classify(["--weights", RunAt("at2", 2)]);

        ShouldBe(plain, "plain");
        plain.Json[0].EnumerateObject().Select(member => member.Name).Should().Equal("image", "predictions");
        ShouldBe(at2, "half");
        at2.ErrorLines.Should().ContainSingle(line => line.Contains("temperature"))
            .Which.Should().StartWith("densenet: probabilities at temperature 2 (run.json beside ");
    }

    [SkippableFact]
    public void Several_checkpoints_give_the_mean_of_their_probabilities_each_at_its_temperature_and_by_the_classes_names()
    {
        var run = Classify(["--weights", First, "--weights", Second]);
        var turned = Classify(["--weights", Second, "--weights", RunAt("half", 2)]);

        ShouldBe(run, "together");
        run.ErrorLines.Should().ContainSingle(line => line == "densenet: probabilities are the mean of 2 checkpoints'");
        ShouldBe(turned, "togetherHalf");
        turned.ErrorLines.Should().ContainSingle(line => line.Contains($"{reference["half/best.pth"]}: probabilities at temperature 2 (run.json beside "));
        turned.Json[0].GetProperty("predictions").EnumerateArray().Single(line => line.GetProperty("label").GetString() == "cat")
            .GetProperty("index").GetInt32().Should().Be(0, "the order is the first checkpoint's");
    }

    [SkippableFact]
    public void Evaluate_measures_ensembles_and_views()
    {
        var together = Evaluate("--weights", First, "--weights", Second, "--report", reference["together.html"], "--json");
        var views = Evaluate("--weights", First, "--tta", "tencrop", "--json");

        together.Status.Should().Be(0, together.Errors);
        together.Json.GetProperty("loss").GetDouble().Should().BeApproximately(Expected.GetProperty("togetherLoss").GetDouble(), 1e-4);
        views.Json.GetProperty("loss").GetDouble().Should().BeApproximately(Expected.GetProperty("tencropLoss").GetDouble(), 1e-4);
        views.Json.TryGetProperty("calibration", out _).Should().BeFalse();
        File.ReadAllText(reference["together.html"]).Should().Contain("best.pth + best.pth").And.Contain("second").And.NotContain("Calibration before");
    }

    [SkippableFact]
    public void The_temperature_that_PyTorchs_loss_is_least_at_is_fit_stored_used_and_shown_before_and_after()
    {
        var weights = RunAt("calibrated", null);
        var (temperature, report) = (Expected.GetProperty("temperature").GetDouble(), reference["calibrated.html"]);

        var run = Evaluate("--weights", weights, "--calibrate", "--report", report, "--json");

        run.Status.Should().Be(0, run.Errors);
        var description = reference["calibrated/run.json"];
        var stored = RunDescription.Load(description);
        stored.Temperature.Should().BeApproximately(temperature, 1e-3);
        stored.Thresholds.Should().BeNull();
        var losses = Expected.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
        run.ErrorLines.Should().ContainSingle(line => line.Contains("temperature")).Which.Should()
            .Contain(string.Create(CultureInfo.InvariantCulture, $"temperature {stored.Temperature:G5} fit on these 24 images, stored in {description}"))
            .And.Contain(string.Create(CultureInfo.InvariantCulture, $"the loss from {losses[0]:F4} to {losses[1]:F4}"));
        run.Json.GetProperty("loss").GetDouble().Should().BeApproximately(losses[1], 1e-5);
        var calibration = run.Json.GetProperty("calibration");
        calibration.GetProperty("temperature").GetDouble().Should().Be(stored.Temperature);
        foreach (var (i, side) in new[] { "before", "after" }.Index())
        {
            calibration.GetProperty(side).GetProperty("loss").GetDouble().Should().BeApproximately(losses[i], 1e-5);
            calibration.GetProperty(side).GetProperty("brierScore").GetDouble().Should()
                .BeApproximately(Expected.GetProperty("briers")[i].GetDouble(), 1e-5);
        }

        File.ReadAllText(report).Should().Contain("Calibration before and after").And.Contain("was fit on these images").And.Contain("before, temperature 1");
        var again = Evaluate("--weights", weights, "--report", report, "--json");
        // The same figures; the temperature comes from the run this time.
        again.Output.Should().Be(run.Output.Replace("\"isFitOnTheseImages\": true", "\"isFitOnTheseImages\": false", StringComparison.Ordinal));
        again.ErrorLines.Should().ContainSingle(line => line.Contains("probabilities at temperature"));
        File.ReadAllText(report).Should().Contain("whether it was fit on these images is not known");
        Evaluate("--weights", weights).Output.Should().Contain("before temperature");
    }

    [SkippableFact]
    public void Thresholds_that_are_stored_find_the_same_after_calibration_as_before_and_are_chosen_at_the_new_temperature()
    {
        var weights = RunAt("labelled", 1.5, ClassificationTask.Multilabel, [0.9f, 0.2f, 0.5f, float.NaN]);

        var before = Evaluate("--weights", weights, "--json");
        var run = Evaluate("--weights", weights, "--calibrate", "--json");

        run.Status.Should().Be(0, run.Errors);
        var stored = RunDescription.Load(reference["labelled/run.json"]);
        stored.Temperature.Should().BeApproximately(Expected.GetProperty("sigmoidTemperature").GetDouble(), 1e-3);
        run.ErrorLines.Should().ContainSingle(line => line.Contains("converted so that the same labels are found"));
        stored.Thresholds![0].Should().BeInRange(0.5f, 0.9f);
        (stored.Thresholds[2], stored.Thresholds[3]).Should().Be((0.5f, float.NaN));
        Found(run).Should().Equal(Found(before));
        var tuned = Evaluate("--weights", weights, "--calibrate", "--tune-thresholds", "youden", "--json");
        tuned.Status.Should().Be(0, tuned.Errors);
        RunDescription.Load(reference["labelled/run.json"]).Thresholds.Should().Equal(
            tuned.Json.GetProperty("perClass").EnumerateArray().Select(label => label.GetProperty("threshold").GetSingle()));

        static IEnumerable<long> Found(Densenet measured) => measured.Json.GetProperty("perClass").EnumerateArray()
            .SelectMany(label => new[] { label.GetProperty("truePositives").GetInt64(), label.GetProperty("falsePositives").GetInt64() });
    }

    [SkippableFact]
    public void Thresholds_of_several_are_their_mean_and_new_ones_are_not_stored()
    {
        var (one, two) = (RunAt("one", null, ClassificationTask.Multilabel, [0.2f, 0.4f, 0.5f, 0.5f]), RunAt("two", null, ClassificationTask.Multilabel));

        var run = Evaluate("--weights", one, "--weights", two, "--json");
        var tuned = Evaluate("--weights", one, "--weights", two, "--tune-thresholds", "f1");

        run.ErrorLines.Should().ContainSingle(line => line.EndsWith("the mean of 2 checkpoints', and each class's threshold is that of theirs"));
        run.Json.GetProperty("perClass").EnumerateArray().Select(label => label.GetProperty("threshold").GetSingle()).Should().Equal(0.35f, 0.45f, 0.5f, 0.5f);
        tuned.Status.Should().Be(0, tuned.Errors);
        tuned.ErrorLines.Should().ContainSingle(line => line.Contains("not stored, for they belong to no one checkpoint"));
        RunDescription.Load(reference["one/run.json"]).Thresholds.Should().Equal(0.2f, 0.4f, 0.5f, 0.5f);
    }

    [SkippableTheory]
    [InlineData("classify", "thresholds")]
    [InlineData("classify", "labels")]
    [InlineData("evaluate", "labels")]
    public void Lines_of_an_ensemble_are_refused_where_one_of_its_members_had_other_thresholds_or_another_order_of_classes(string command, string what)
    {
        float[]? thresholds = what == "thresholds" ? [0.2f, 0.4f, 0.5f, 0.5f] : null;
        string[] turned = [.. _names.Reverse()];
        var output = reference[$"{command}-{what}.jsonl"];

        var first = Run(thresholds, null, turned);
        var again = Run(thresholds, null, turned);
        var other = what == "thresholds" ? Run(null, thresholds, turned) : Run(thresholds, null, _names);

        first.Status.Should().Be(0, first.Errors);
        again.Status.Should().Be(0, again.Errors);
        other.Status.Should().Be(1, other.Errors);
        other.ErrorLines[^1].Should().Match($"densenet: The lines of {output} were made with {what} *; *, and this is {what} *; *; name another file.");

        Densenet Run(float[]? left, float[]? right, IReadOnlyList<string> classesOfRight)
        {
            var (one, two) = (RunAt("left", null, ClassificationTask.Multilabel, left), RunAt("right", null, ClassificationTask.Multilabel, right));
            (RunDescription.Load(reference["right/run.json"]) with { ClassNames = classesOfRight }).Save(reference["right/run.json"]);
            return Densenet.Run([command, reference["images"], "--weights", one, "--weights", two, "--out", output]);
        }
    }

    [SkippableFact]
    public void A_temperature_that_cannot_be_used_or_stored_is_said_to_be_so()
    {
        var loose = Path.Combine(Directory.CreateDirectory(reference["loose"]).FullName, "best.pth");
        File.Copy(First, loose, overwrite: true);
        File.WriteAllLines(reference["names.txt"], _names);

        var notStored = Evaluate("--weights", loose, "--labels", reference["names.txt"], "--calibrate");
        var raw = Classify(["--weights", RunAt("raw", 2), "--task", "none"]);
        var other = Classify(["--weights", RunAt("sigmoid", 2), "--task", "multilabel"]);

        notStored.Status.Should().Be(0, notStored.Errors);
        notStored.ErrorLines.Should().ContainSingle(line => line.Contains("temperature"))
            .Which.Should().Contain("not stored, for there is no run.json beside best.pth");
        raw.ErrorLines.Should().ContainSingle(line => line.Contains("temperature")).Which.Should().Contain("is not used: the task is none");
        raw.Json[0].GetProperty("values")[0].GetProperty("value").GetSingle().Should().BeApproximately(Expected.GetProperty("logits")[0][0].GetSingle(), 1e-3f);
        other.ErrorLines.Should().ContainSingle(line => line.Contains("temperature")).Which.Should().Contain("is not used: the task is multilabel");
    }

    [SkippableFact]
    public void What_does_not_go_together_is_wrong_usage()
    {
        Refused("multilabel", "classify", Image(0), "--weights", First, "--weights", RunAt("task", null, ClassificationTask.Multilabel));
        Refused("3 crop", "classify", Image(0), "--weights", First, "--tta", "3 crop");
        Refused("has no crop, so that five crops and ten crops have nothing to choose from",
            "classify", Image(0), "--weights", First, "--tta", "tencrop", "--resize", "64x64");
        Refused("--calibrate is for one checkpoint", "evaluate", reference["images"], "--weights", First, "--weights", Second, "--calibrate");
        Refused("leave one of the two out", "evaluate", reference["images"], "--weights", First, "--calibrate", "--tta", "flip");
        Refused("--weights", "features", Image(0), "--out", reference["f.npy"], "--weights", First, "--weights", Second);
        Refused("--weights", "export", reference["f.onnx"], "--weights", First, "--weights", Second);
        File.WriteAllText(reference["names-of-others.txt"], "ant\nbee\ncat\nfox\n");
        var renamed = RunAt("renamed", null);
        var run = RunDescription.Load(reference["renamed/run.json"]);
        (run with { ClassNames = ["ant", "bee", "cat", "fox"] }).Save(reference["renamed/run.json"]);
        Refused($"{First} has the class 'dog', but {renamed} has not", "classify", Image(0), "--weights", First, "--weights", renamed);
        Classify(["--weights", First, "--weights", renamed, "--labels", reference["names-of-others.txt"]]).Status.Should().Be(0);

        static void Refused(string message, params string[] arguments)
        {
            var run = Densenet.Run(arguments);
            run.Status.Should().Be(2, run.Errors);
            run.Output.Should().BeEmpty();
            run.Errors.Should().Contain(message);
        }
    }

    [SkippableFact]
    public void Export_applies_a_temperature_where_it_gives_probabilities_and_says_so()
    {
        var weights = RunAt("exported", 2);

        var softmax = Densenet.Run("export", reference["softmax.onnx"], "--weights", weights, "--softmax");
        var logits = Densenet.Run("export", reference["logits.onnx"], "--weights", weights);

        softmax.Errors.Should().Contain("probabilities at temperature 2 (run.json beside").And.Contain("by which the graph divides the logits");
        logits.Errors.Should().Contain("the logits are the network's").And.Contain("among the metadata");
    }

    private Densenet Classify(string[] arguments) => Densenet.Run(
        ["classify", .. Enumerable.Range(0, 6).Select(Image), "--top", "4", "--json", .. arguments]);

    private Densenet Evaluate(params string[] arguments) => Densenet.Run(["evaluate", reference["images"], "--bootstrap", "0", .. arguments]);

    private string Image(int index) => reference[$"images/{_names[index % 4]}/{index}.png"];

    private void ShouldBe(Densenet run, string expected)
    {
        run.Status.Should().Be(0, run.Errors);
        foreach (var (i, result) in run.Json.EnumerateArray().Index())
        {
            foreach (var line in result.GetProperty("predictions").EnumerateArray())
            {
                var place = Array.IndexOf(_names, line.GetProperty("label").GetString());
                line.GetProperty("probability").GetSingle().Should().BeApproximately(Expected.GetProperty(expected)[i][place].GetSingle(), 1e-4f);
            }
        }
    }

    /// <summary>A copy of the first run.</summary>
    private string RunAt(
        string name, double? temperature, ClassificationTask task = ClassificationTask.Multiclass, IReadOnlyList<float>? thresholds = null)
    {
        var weights = Path.Combine(Directory.CreateDirectory(reference[name]).FullName, "best.pth");
        File.Copy(First, weights, overwrite: true);
        (RunDescription.Load(reference["first/run.json"]) with { Temperature = temperature, Task = task, Thresholds = thresholds })
            .Save(Path.Combine(reference[name], "run.json"));
        return weights;
    }

    public sealed class Reference() : ReferenceFiles("trust.py");
}
