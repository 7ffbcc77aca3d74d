using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class EvaluationOutputTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    private JsonElement Expected => JsonDocument.Parse(File.ReadAllText(reference["metrics.json"])).RootElement;

    [SkippableFact]
    public void Every_figure_of_classes_and_of_labels_is_scikit_learns_and_lies_in_its_interval()
    {
        ShouldHave(Evaluate(reference["zip.pth"], "--json"), "classes");
        ShouldHave(Evaluate(reference["zip.pth"], "--classes-csv", reference["table.csv"], "--json"), "labels");

        void ShouldHave(Densenet run, string expected)
        {
            run.Status.Should().Be(0, run.Errors);
            var intervals = run.Json.GetProperty("intervals");
            (intervals.GetProperty("resamples").GetInt32(), intervals.GetProperty("seed").GetInt64()).Should().Be((1000, 0L));
            foreach (var figure in Expected.GetProperty(expected).EnumerateObject())
            {
                var value = run.Json.GetProperty(figure.Name).GetDouble();
                value.Should().BeApproximately(figure.Value.GetDouble(), 1e-6, figure.Name);
                var interval = intervals.GetProperty("figures").GetProperty(figure.Name);
                value.Should().BeInRange(interval.GetProperty("low").GetDouble(), interval.GetProperty("high").GetDouble(), figure.Name);
            }

            run.Json.GetProperty("calibrationError").GetDouble().Should().BeInRange(0, 1);
        }
    }

    [SkippableFact]
    public void Without_resamples_there_are_no_intervals()
    {
        var json = Evaluate(reference["zip.pth"], "--bootstrap", "0", "--json");
        var text = Evaluate(reference["zip.pth"], "--bootstrap", "0");
        var both = Evaluate(reference["zip.pth"], "--bootstrap", "20");

        json.Json.TryGetProperty("intervals", out _).Should().BeFalse();
        text.Output.Should().Contain("balanced accuracy").And.NotContain("95 %");
        both.Output.Should().Contain("Cohen's kappa").And.Contain("95 %");
    }

    [SkippableFact]
    public void Predictions_of_classes_have_the_worst_mistakes_first()
    {
        var file = reference["predictions.csv"];

        var run = Evaluate(reference["zip.pth"], "--predictions", file);

        run.Status.Should().Be(0, run.Errors);
        var (columns, rows) = Table(file);
        columns.Take(5).Should().Equal("image", "truth", "prediction", "right", "loss");
        columns.Skip(5).Should().Equal(File.ReadLines(reference["labels.txt"]).Select(name => $"probability {name}"));
        rows.Should().HaveCount(30);
        rows.Select(row => row[3] == "0").Should().BeInDescendingOrder();
        foreach (var part in rows.GroupBy(row => row[3]))
        {
            part.Select(row => Number(row[4])).Should().BeInDescendingOrder();
        }

        foreach (var row in rows)
        {
            File.Exists(Path.Combine(reference["evaluation"], row[0])).Should().BeTrue(row[0]);
            row[1].Should().Be(Path.GetDirectoryName(row[0]));
            double[] probabilities = [.. row.Skip(5).Select(Number)];
            columns[5 + Array.IndexOf(probabilities, probabilities.Max())].Should().Be($"probability {row[2]}");
            Number(row[4]).Should().BeApproximately(-Math.Log(probabilities[Array.IndexOf(columns, $"probability {row[1]}") - 5]), 1e-3);
        }
    }

    [SkippableFact]
    public void Predictions_of_labels_have_the_truth_and_what_was_wrong()
    {
        var file = reference["labels.csv"];

        var run = Evaluate(reference["zip.pth"], "--classes-csv", reference["table.csv"], "--predictions", file);

        run.Status.Should().Be(0, run.Errors);
        var (columns, rows) = Table(file);
        var truths = Table(reference["table.csv"]).Rows.ToDictionary(row => row[0], row => row[1]);
        columns.Take(5).Should().Equal("image", "truth", "prediction", "wrong", "loss");
        foreach (var row in rows)
        {
            row[1].Split('|').Should().BeEquivalentTo(truths[row[0]].Split('|'));
            string[] found = [.. columns.Skip(5).Where((_, i) => Number(row[5 + i]) >= 0.5).Select(name => name["probability ".Length..])];
            row[2].Should().Be(string.Join('|', found));
            var truth = row[1].Split('|');
            row[3].Split('|', StringSplitOptions.RemoveEmptyEntries).Should().BeEquivalentTo(found.Except(truth).Concat(truth.Except(found)));
        }
    }

    [SkippableFact]
    public void A_report_is_a_file_or_a_folder_with_pictures_and_needs_nothing_besides_itself()
    {
        var (file, folder) = (reference["single.html"], reference["report"]);

        var single = Evaluate(reference["zip.pth"], "--report", file, "--bootstrap", "10");
        var several = Evaluate(reference["zip.pth"], "--report", folder, "--bootstrap", "10");

        single.Status.Should().Be(0, single.Errors);
        several.Status.Should().Be(0, several.Errors);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "report.html", "roc.svg", "precision-recall.svg", "calibration.svg", "confusion.svg");
        foreach (var path in new[] { file, Path.Combine(folder, "report.html") })
        {
            var text = File.ReadAllText(path);
            text.Should().Contain("class number 9").And.Contain("data:image/png;base64,").And.Contain("--bootstrap 10").And.Contain("prefers-color-scheme: dark");
            text.Replace("http://www.w3.org/2000/svg", "").Should().NotContain("http");
        }

        foreach (var picture in Directory.GetFiles(folder, "*.svg"))
        {
            XDocument.Load(picture).Root!.Name.LocalName.Should().Be("svg");
        }
    }

    [SkippableFact]
    public void Thresholds_are_chosen_stored_in_the_run_and_used_by_classify_and_evaluate()
    {
        var folder = RunOf("tuned", ClassificationTask.Multilabel);
        var weights = Path.Combine(folder, "best.pth");

        var run = EvaluateRun(weights, "--classes-csv", reference["table.csv"], "--tune-thresholds", "f1", "--json");

        run.Status.Should().Be(0, run.Errors);
        var line = run.ErrorLines.Should().ContainSingle(line => line.Contains("thresholds by the F1")).Which;
        line.Should().Contain("30 images").And.Contain(Path.Combine(folder, "run.json"));
        var stored = RunDescription.Load(Path.Combine(folder, "run.json"));
        stored.Thresholds.Should().HaveCount(12);
        stored.ClassNames.Should().Equal(File.ReadLines(reference["labels.txt"]));
        double?[] best = [.. Expected.GetProperty("bestF1").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())];
        foreach (var (i, label) in run.Json.GetProperty("perClass").EnumerateArray().Index())
        {
            label.GetProperty("threshold").GetSingle().Should().Be(stored.Thresholds![i]);
            if (best[i] is { } f1)
            {
                label.GetProperty("f1").GetDouble().Should().BeApproximately(f1, 1e-9);
            }
            else
            {
                stored.Thresholds[i].Should().Be(0.5f);
                line.Should().Contain($"class number {i}");
            }
        }

        var again = EvaluateRun(weights, "--classes-csv", reference["table.csv"], "--json");
        JsonSerializer.Serialize(again.Json.GetProperty("perClass")).Should().Be(JsonSerializer.Serialize(run.Json.GetProperty("perClass")));
        var classified = Densenet.Run("classify", reference["photo.jpg"], "--weights", weights, "--top", "12", "--json");
        classified.Errors.Should().Contain("thresholds from run.json");
        foreach (var prediction in classified.Json[0].GetProperty("predictions").EnumerateArray())
        {
            prediction.GetProperty("found").GetBoolean().Should().Be(
                prediction.GetProperty("probability").GetSingle() >= stored.Thresholds![prediction.GetProperty("index").GetInt32()]);
        }
    }

    [SkippableFact]
    public void Thresholds_that_cannot_be_stored_or_chosen_are_said_to_be_so()
    {
        var loose = Evaluate(reference["zip.pth"], "--classes-csv", reference["table.csv"], "--tune-thresholds", "youden");
        var other = EvaluateRun(
            Path.Combine(RunOf("other", ClassificationTask.Multiclass), "best.pth"), "--classes-csv", reference["table.csv"], "--task", "multilabel",
            "--tune-thresholds", "youden");
        var excluding = Evaluate(reference["zip.pth"], "--tune-thresholds", "youden");

        loose.Status.Should().Be(0, loose.Errors);
        loose.ErrorLines.Should().ContainSingle(line => line.Contains("Youden's J")).Which.Should().Contain("not stored, for there is no run.json beside zip.pth");
        File.Exists(reference["run.json"]).Should().BeFalse();
        other.ErrorLines.Should().ContainSingle(line => line.Contains("not stored, for the task in"));
        RunDescription.Load(Path.Combine(reference["other"], "run.json")).Thresholds.Should().BeNull();
        excluding.Status.Should().Be(2);
        excluding.ErrorLines[^1].Should().Contain("--tune-thresholds is for labels").And.Contain("--task multilabel");
    }

    [SkippableFact]
    public void Predictions_replace_nothing_but_predictions()
    {
        var table = reference["inputs.csv"];
        File.WriteAllText(table, "image,label\n1.png,cat\n");

        var refused = Evaluate(reference["zip.pth"], "--predictions", table);

        refused.Status.Should().Be(2);
        refused.ErrorLines[0].Should().Contain("is there already, and holds no predictions that could be replaced");
        File.ReadAllText(table).Should().Be("image,label\n1.png,cat\n");
        File.Delete(table);
        Evaluate(reference["zip.pth"], "--predictions", table, "--bootstrap", "0").Status.Should().Be(0);
        Evaluate(reference["zip.pth"], "--predictions", table, "--bootstrap", "0").Status.Should().Be(0, "those of an earlier evaluation are replaced");
    }

    [SkippableTheory]
    [InlineData("must end in .csv", "--predictions", "predictions.txt")]
    [InlineData("there is no folder", "--predictions", "absent/predictions.csv")]
    [InlineData("there is no folder", "--report", "absent/report.html")]
    [InlineData("does not end in .html", "--report", "labels.txt")]
    [InlineData("from 0 to", "--bootstrap", "-1")]
    [InlineData("must be youden or f1", "--tune-thresholds", "best")]
    public void What_cannot_be_written_is_refused_before_anything_is_computed(string message, string option, string value)
    {
        var run = Densenet.Run(
            "evaluate", reference["evaluation"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"], option,
            option is "--bootstrap" or "--tune-thresholds" ? value : reference[value]);

        run.Status.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.ErrorLines[0].Should().Contain(message);
    }

    private Densenet Evaluate(string weights, params string[] arguments) => Densenet.Run(
        ["evaluate", reference["evaluation"], "--weights", weights, "--labels", reference["labels.txt"], .. arguments]);

    private Densenet EvaluateRun(string weights, params string[] arguments) =>
        Densenet.Run(["evaluate", reference["evaluation"], "--weights", weights, .. arguments]);

    private string RunOf(string name, ClassificationTask task)
    {
        var folder = Directory.CreateDirectory(reference[name]).FullName;
        File.Copy(reference["zip.pth"], Path.Combine(folder, "best.pth"), overwrite: true);
        new RunDescription
        {
            Task = task,
            ClassNames = File.ReadAllLines(reference["labels.txt"]),
            Preset = ImagePreset.TorchvisionImageNet,
        }.Save(Path.Combine(folder, "run.json"));
        return folder;
    }

    private static (string[] Columns, string[][] Rows) Table(string path)
    {
        string[][] lines = [.. File.ReadLines(path).Select(line => line.Split(','))];
        return (lines[0], lines[1..]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
