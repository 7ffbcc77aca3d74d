using System.Text.RegularExpressions;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Tests.FineTuning;

/// <summary>A made-up chest data set, from its table to the report by one command.</summary>
public sealed partial class ChestRunTests
{
    private static readonly string[] _findings = ["Cardiomegaly", "Edema", "Pleural Effusion"];

    [SkippableFact]
    public void Patients_uncertain_findings_and_16_bit_radiographs_go_from_the_table_to_the_report_by_one_command()
    {
        PythonReference.Require();
        using var temporary = new TemporaryFolder();
        var (scans, folder) = (temporary.File("Chest-small"), temporary.File("run"));
        Directory.CreateDirectory(scans);
        PythonReference.Run(Path.Combine("Reference", "chest_set.py"), scans);
        var table = Path.Combine(scans, "train.csv");

        var run = Densenet.Run(
            "finetune", scans, "--out", folder, "--classes-csv", table, "--label-columns", string.Join(',', _findings), "--uncertain", "ignore",
            "--uncertain", "one:Edema", "--blank", "zero", "--group-pattern", "patient[0-9]+", "--val", "0.3", "--metric", "auroc", "--preset", "gray",
            "--keep-gray-bits", "--weights", "none", "--growth", "8", "--blocks", "2,2", "--init-features", "8", "--size", "32", "--epochs", "12",
            "--batch-size", "8", "--optimizer", "adam", "--lr", "0.02", "--seed", "3", "--threads", "1", "--json");

        run.Status.Should().Be(0, run.Errors);
        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "best.pth", "last.pth", "labels.txt", "metrics.csv", "curves.svg", "split.csv", "run.json", "report.html", "state.safetensors");
        var description = RunDescription.Load(Path.Combine(folder, "run.json"));
        (description.Task, description.KeepGrayBits, description.Preset.Channels).Should().Be((ClassificationTask.Multilabel, true, 1));
        description.ClassNames.Should().Equal(_findings);
        run.Errors.Should().NotContain("clipped", "the upper bits are kept");

        string[][] split = [.. File.ReadLines(Path.Combine(folder, "split.csv")).Skip(1).Select(line => line.Split(','))];
        split.Should().HaveCount(File.ReadLines(table).Count() - 1);
        split.GroupBy(row => Patient().Match(row[0]).Value).Should().OnlyContain(patient => patient.Select(row => row[1]).Distinct().Count() == 1)
            .And.HaveCount(30);
        var heldOut = split.Count(row => row[1] == "validation");
        ((double)heldOut / split.Length).Should().BeInRange(0.2, 0.4);

        var best = run.Json.GetProperty("best").GetProperty("metrics").GetProperty("mean AUROC").GetDouble();
        best.Should().BeGreaterThan(0.8, "each finding is something to be seen");
        var evaluation = Densenet.Run("evaluate", scans, "--weights", Path.Combine(folder, "best.pth"), "--on", "validation", "--json");
        evaluation.Status.Should().Be(0, evaluation.Errors);
        evaluation.Json.GetProperty("images").GetInt32().Should().Be(heldOut);
        evaluation.Json.GetProperty("meanAuroc").GetDouble().Should().BeApproximately(best, 1e-6);

        var report = File.ReadAllText(Path.Combine(folder, "report.html"));
        _findings.Should().OnlyContain(finding => report.Contains(finding));
        Address().Matches(report).Select(match => match.Value).Should().OnlyContain(address => address.Contains("www.w3.org"), "it loads nothing from elsewhere");
        report.Should().Contain("<svg").And.Contain("data:image/png;base64,").And.Contain("prefers-color-scheme: dark");

        foreach (var place in new[] { folder, Path.Combine(folder, "report.html") })
        {
            var refused = Densenet.Run("evaluate", scans, "--weights", Path.Combine(folder, "best.pth"), "--on", "validation", "--report", place);
            refused.Status.Should().Be(2);
            refused.ErrorLines[0].Should().Contain("would replace the report of the run in");
        }

        File.ReadAllText(Path.Combine(folder, "report.html")).Should().Be(report);

        var scan = Path.Combine(scans, split.First(row => row[1] == "validation")[0]);
        var classified = Densenet.Run("classify", scan, "--weights", Path.Combine(folder, "best.pth"), "--json");
        classified.Status.Should().Be(0, classified.Errors);
        classified.Json[0].GetProperty("predictions").GetArrayLength().Should().Be(3);
        classified.Json[0].GetProperty("predictions")[0].TryGetProperty("found", out _).Should().BeTrue("the findings do not exclude each other");
    }

    [GeneratedRegex(@"patient\d{5}")]
    private static partial Regex Patient();

    [GeneratedRegex(@"https?://[^""'\s<)]+")]
    private static partial Regex Address();
}
