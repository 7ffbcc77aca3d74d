using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.FineTuning;

/// <summary>Tables of images as people have them, from fine-tuning to evaluation.</summary>
public sealed class TableTests(FineTuneRuns runs) : IClassFixture<FineTuneRuns>
{
    private static string Script => Path.Combine("Reference", "finetuned.py");

    [SkippableFact]
    public void Patients_uncertain_labels_and_missing_files_go_from_a_table_to_figures_that_scikit_learn_gives_with_a_mask()
    {
        PythonReference.Require();
        var (folder, table) = (runs.New(), Findings());

        var run = Densenet.Run(
        [
            "finetune", runs.Images, "--out", folder, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "2", "--val", "0.25",
            "--uncertain", "ignore", "--uncertain", "one:warm", "--blank", "ignore", "--missing", "skip", "--group-column", "Patient ID", "--json",
        ]);

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain($"densenet: {table}: columns are separated by semicolons")
            .And.Contain($"densenet: {table}: columns that are no classes are left out: Sex")
            .And.Contain($"densenet: {table}: 1 of 81 images are not there, and left out: absent.png");
        var split = Split(folder);
        split.Should().HaveCount(80);
        split.Count(row => row["split"] == "validation").Should().BeInRange(18, 22);
        var patients = File.ReadLines(table).Skip(1).Select(line => line.Split(';')).ToDictionary(cells => cells[0], cells => cells[1]);
        split.GroupBy(row => patients[row["image"]]).Should().OnlyContain(patient => patient.Select(row => row["split"]).Distinct().Count() == 1);
        split.Select(row => row["bag"]).Distinct().Should().BeEquivalentTo("0", "1", "");
        split.Select(row => row["warm"]).Distinct().Should().BeEquivalentTo(["0", "1"], "what is uncertain of it is taken for 1");

        var best = Path.Combine(folder, "best.pth");
        var evaluation = Densenet.Run("evaluate", runs.Images, "--weights", best, "--on", "validation", "--json");
        var expected = JsonDocument.Parse(PythonReference.Run(Script, "masked", best, runs.Images, Path.Combine(folder, "split.csv"))).RootElement;
        evaluation.Status.Should().Be(0, evaluation.Errors);
        Number(evaluation.Json, "loss").Should().BeApproximately(Number(expected, "loss"), 1e-4);
        Number(evaluation.Json, "meanAuroc").Should().BeApproximately(Number(expected, "mean"), 1e-3);
        Number(run.Json.GetProperty("best"), "validationLoss").Should().BeApproximately(Number(expected, "loss"), 1e-4);
        Number(run.Json.GetProperty("best").GetProperty("metrics"), "mean AUROC").Should().BeApproximately(Number(expected, "mean"), 1e-3);
    }

    [Fact]
    public void A_run_that_goes_on_reads_its_table_as_before_and_nothing_else()
    {
        var (folder, table) = (runs.New(), Findings());
        string[] command = ["finetune", runs.Images, "--out", folder];
        Densenet.Run(
        [
            .. command, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "1", "--uncertain", "zero", "--blank", "ignore", "--missing", "skip",
            "--label-columns", "warm,shoe", "--folds", "4", "--fold", "2",
        ]).Status.Should().Be(0);

        var again = Densenet.Run([.. command, "--resume"]);
        var other = Densenet.Run([.. command, "--resume", "--blank", "zero"]);
        var fold = Densenet.Run([.. command, "--resume", "--fold", "1"]);

        again.Status.Should().Be(0, again.Errors);
        File.ReadLines(Path.Combine(folder, "labels.txt")).Should().Equal("warm", "shoe");
        var notes = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "run.json"))).RootElement.GetProperty("training").GetProperty("notes");
        string.Join(' ', new[] { "uncertain", "blank", "missing", "label-columns", "folds", "fold" }.Select(name => notes.GetProperty(name).GetString()))
            .Should().Be("zero ignore skip warm,shoe 4 2");
        RunSchema.FaultsOf(File.ReadAllText(Path.Combine(folder, "run.json"))).Should().BeEmpty();
        (other.Status, fold.Status).Should().Be((1, 1));
        other.ErrorLines.Should().ContainSingle().Which.Should().Contain("holds a run whose --blank is ignore, not zero");
        fold.ErrorLines.Should().ContainSingle().Which.Should().Contain("holds a run whose --fold is 2, not 1");
    }

    [Fact]
    public void What_is_unknown_is_refused_before_anything_is_begun_and_the_sentence_names_the_option()
    {
        var (folder, table) = (runs.New(), Findings());
        string[] command = ["finetune", runs.Images, "--out", folder, "--classes-csv", table, .. FineTuneRuns.Small];

        var uncertain = Densenet.Run([.. command, "--blank", "zero"]);
        var blank = Densenet.Run([.. command, "--uncertain", "zero"]);
        var unknown = Densenet.Run([.. command, "--uncertain", "one:wram"]);

        uncertain.ErrorLines[^1].Should().MatchRegex("line \\d+: .* is -1, uncertain; .*--uncertain");
        blank.ErrorLines[^1].Should().MatchRegex("line \\d+: .* is blank, not mentioned; .*--blank");
        unknown.ErrorLines[^1].Should().Contain("has no column 'wram'");
        Directory.Exists(folder).Should().BeFalse();
    }

    [Fact]
    public void Images_are_not_divided_from_others_of_the_same_pattern_in_their_paths_and_the_run_keeps_it()
    {
        var (images, folder, nowhere) = (runs.Subset(perClass: 8, classes: 3), runs.New(), runs.New());
        foreach (var (i, file) in Directory.GetDirectories(images).SelectMany(of => Directory.GetFiles(of).Order(StringComparer.Ordinal)).Index().ToArray())
        {
            File.Move(file, Path.Combine(Path.GetDirectoryName(file)!, i == 0 ? "alone.png" : $"case{i % 8}_{i}.png"));
        }

        string[] command = ["finetune", images, "--out", folder];
        string[] options = [.. FineTuneRuns.Small, "--epochs", "1"];
        var run = Densenet.Run([.. command, .. options, "--group-pattern", "(case[0-9]+)_"]);
        var again = Densenet.Run([.. command, "--resume"]);
        var other = Densenet.Run([.. command, "--resume", "--group-pattern", "case"]);
        var one = Densenet.Run(["finetune", images, "--out", nowhere, .. options, "--group-pattern", "png"]);
        var none = Densenet.Run(["finetune", images, "--out", nowhere, .. options, "--group-pattern", "patient"]);
        var wrong = Densenet.Run(["finetune", images, "--out", nowhere, .. options, "--group-pattern", "(case"]);
        var several = Densenet.Run(["finetune", images, "--out", nowhere, .. options, "--group-pattern", "(?<name>case)([0-9]+)"]);

        run.Status.Should().Be(0, run.Errors);
        run.Errors.Should().Contain("densenet: --group-pattern (case[0-9]+)_ does not occur in 1 of 24 paths, such as ").And.Contain("group of its own");
        var cases = Split(folder).Where(row => row["image"].Contains("case")).GroupBy(row => Path.GetFileName(row["image"]).Split('_')[0]).ToArray();
        cases.Should().HaveCount(8).And.OnlyContain(group => group.Select(row => row["split"]).Distinct().Count() == 1);
        Split(folder).Select(row => row["split"]).Distinct().Should().BeEquivalentTo("train", "validation");
        again.Status.Should().Be(0, again.Errors);
        other.ErrorLines.Should().ContainSingle().Which.Should().Contain("holds a run whose --group-pattern is (case[0-9]+)_, not case");
        (one.Status, none.Status, wrong.Status).Should().Be((1, 1, 2));
        one.ErrorLines.Should().ContainSingle().Which.Should().Contain("All 24 images have the same --group-pattern png, 'png'");
        none.ErrorLines.Should().ContainSingle().Which.Should().Contain("--group-pattern patient occurs in no path in ");
        several.Status.Should().Be(2);
        several.ErrorLines[0].Should().Contain("has several groups in parentheses");
        wrong.ErrorLines[0].Should().Contain("--group-pattern is (case, which is no regular expression");
        Directory.Exists(nowhere).Should().BeFalse();
    }

    [Fact]
    public void Labels_that_all_images_have_and_a_metric_that_is_not_defined_are_said()
    {
        var (folder, table) = (runs.New(), runs.New() + ".csv");
        File.WriteAllLines(table, Images().Select(image => $"{image.File},1,{(image.Class == "Bag" ? 0 : 1)}").Prepend("file,cloth,worn"));

        var run = Densenet.Run(
            ["finetune", runs.Images, "--out", folder, "--classes-csv", table, "--label-columns", "cloth", .. FineTuneRuns.Small, "--epochs", "2"]);

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain("densenet: every training image has cloth: the network keeps a label for it that learns only its presence")
            .And.Contain("densenet: every image held out has cloth: means over labels leave out what is not defined for it")
            .And.ContainSingle(line => line.StartsWith("densenet: mean AUROC is not defined on the images held out: "));
    }

    [Fact]
    public void A_table_that_is_divided_is_used_as_it_is_and_folds_hold_each_image_out_once()
    {
        var table = runs.New() + ".csv";
        var images = Images().ToArray();
        File.WriteAllLines(
            table, images.Select((image, i) => $"{image.File},{image.Class},{(i % 4 == 0 ? "Valid" : i % 8 == 1 ? "test" : "train")}").Prepend("id,breed,split"));
        var (divided, folder) = (runs.New(), runs.New());

        var run = Densenet.Run(["finetune", runs.Images, "--out", divided, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "1"]);
        var held = new[] { "0", "1" }.SelectMany(fold =>
        {
            var output = Path.Combine(folder, fold);
            Densenet.Run(["finetune", runs.Images, "--out", output, .. FineTuneRuns.Small, "--epochs", "1", "--folds", "2", "--fold", fold]).Status.Should().Be(0);
            return Split(output).Where(row => row["split"] == "validation").Select(row => row["image"]).ToArray();
        }).ToArray();

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().Contain(
            $"densenet: learning from the 50 images that {table} gives to train, validating with the 20 given to validation; left alone: 10 others");
        Split(divided).CountBy(row => row["split"]).Should().BeEquivalentTo(new Dictionary<string, int> { ["train"] = 50, ["validation"] = 20 });
        held.Should().BeEquivalentTo(images.Select(image => image.File));
        var best = Path.Combine(divided, "best.pth");
        var test = Densenet.Run("evaluate", runs.Images, "--weights", best, "--classes-csv", table, "--on", "test", "--json");
        test.Json.GetProperty("images").GetInt32().Should().Be(10);
        var all = Densenet.Run("evaluate", runs.Images, "--weights", best, "--classes-csv", table, "--json");
        all.Errors.Should().Contain("all of its parts are measured; --on measures one");
        all.Json.GetProperty("images").GetInt32().Should().Be(80);
    }

    [Fact]
    public void Evaluate_measures_by_the_runs_task_whatever_the_table_looks_like()
    {
        var (folder, oneHot) = (runs.New(), runs.New() + ".csv");
        Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "1"]).Status.Should().Be(0);
        string[] classes = [.. File.ReadLines(Path.Combine(folder, "labels.txt"))];
        File.WriteAllLines(oneHot, Images()
            .Select(image => $"{image.File},{string.Join(',', classes.Select(name => name == image.Class ? 1 : 0))}").Prepend($"file,{string.Join(',', classes)}"));
        var best = Path.Combine(folder, "best.pth");

        var byFolder = Densenet.Run("evaluate", runs.Images, "--weights", best, "--json");
        var byTable = Densenet.Run("evaluate", runs.Images, "--weights", best, "--classes-csv", oneHot, "--json");

        byTable.Status.Should().Be(0, byTable.Errors);
        byTable.Json.GetProperty("accuracy").GetDouble().Should().Be(byFolder.Json.GetProperty("accuracy").GetDouble());
        byTable.Json.GetProperty("loss").GetDouble().Should().BeApproximately(byFolder.Json.GetProperty("loss").GetDouble(), 1e-6);
    }

    [Fact]
    public void Of_other_classes_than_the_networks_the_shared_ones_are_measured_and_the_rest_named()
    {
        var (folder, table, other) = (runs.New(), Findings(), runs.New() + ".csv");
        Densenet.Run(
        [
            "finetune", runs.Images, "--out", folder, "--classes-csv", table, .. FineTuneRuns.Small, "--epochs", "1", "--uncertain", "zero", "--blank", "zero",
            "--missing", "skip",
        ]).Status.Should().Be(0);
        File.WriteAllLines(other, Images().Select(image => $"{image.File},{(image.Class == "Bag" ? 1 : 0)},{(IsShoe(image.Class) ? 1 : 0)},1").Prepend("file,bag,shoe,hat"));
        var best = Path.Combine(folder, "best.pth");

        var shared = Densenet.Run("evaluate", runs.Images, "--weights", best, "--classes-csv", other, "--json");
        File.WriteAllLines(other, File.ReadAllLines(other).Select(line => line.Replace("hat", "warm")));
        var all = Densenet.Run("evaluate", runs.Images, "--weights", best, "--classes-csv", other, "--json");

        shared.Status.Should().Be(0, shared.Errors);
        shared.Errors.Should().Contain("classes are left out, which the images may have besides: hat").And.Contain("of which the table says nothing: warm");
        Aurocs(shared.Json).Keys.Should().Equal("shoe", "bag");
        Aurocs(shared.Json).Should().BeSubsetOf(Aurocs(all.Json), "a class is measured the same whatever stands beside it");
    }

    [Fact]
    public void What_a_run_held_out_is_measured_from_folders_too_and_else_is_said_to_be_missing()
    {
        var folder = runs.New();
        var run = Densenet.Run(["finetune", runs.Images, "--out", folder, .. FineTuneRuns.Small, "--epochs", "1", "--val", "0.25", "--json"]);
        var best = Path.Combine(folder, "best.pth");

        var evaluation = Densenet.Run("evaluate", runs.Images, "--weights", best, "--on", "validation", "--json");
        File.Delete(Path.Combine(folder, "split.csv"));
        var without = Densenet.Run("evaluate", runs.Images, "--weights", best, "--on", "validation", "--json");

        var divided = runs.Subset(perClass: 2, into: Path.Combine(runs.New(), "test_set"));
        var test = Densenet.Run("evaluate", Path.GetDirectoryName(divided)!, "--weights", best, "--on", "test", "--json");
        test.Status.Should().Be(0, test.Errors);
        test.Json.GetProperty("images").GetInt32().Should().Be(20);
        evaluation.Status.Should().Be(0, evaluation.Errors);
        evaluation.Json.GetProperty("images").GetInt32().Should().Be(20);
        Number(evaluation.Json, "accuracy").Should().Be(Number(run.Json.GetProperty("best").GetProperty("metrics"), "accuracy"));
        Number(evaluation.Json, "loss").Should().BeApproximately(Number(run.Json.GetProperty("best"), "validationLoss"), 1e-4);
        without.Status.Should().Be(1);
        without.ErrorLines[^1].Should().Contain("--on validation: there is no ").And.Contain("split.csv");
    }

    /// <summary>Findings by patient, with what people do not know: -1 and blanks, and an image that is not there.</summary>
    private string Findings()
    {
        var table = runs.New() + ".csv";
        File.WriteAllLines(table, Images().Select((image, i) => string.Join(
                ';',
                image.File,
                $"p{i / 3}",
                i % 2 == 0 ? "F" : "M",
                i % 7 == 3 ? "-1" : IsShoe(image.Class) ? "1.0" : "0.0",
                i % 9 == 4 ? "-1.0" : image.Class is "Coat" or "Pullover" ? "1.0" : "0.0",
                i % 5 == 1 ? "" : image.Class is "Bag" or "Dress" ? "1.0" : "0.0"))
            .Append("absent.png;p0;F;1.0;0.0;0.0").Prepend("Path;Patient ID;Sex;shoe;warm;bag"));
        return table;
    }

    private IEnumerable<(string File, string Class)> Images() => Directory.GetDirectories(runs.Images).SelectMany(Directory.GetFiles).Order(StringComparer.Ordinal)
        .Select(file => (Path.GetRelativePath(runs.Images, file), Path.GetFileName(Path.GetDirectoryName(file))!));

    private static bool IsShoe(string name) => name is "Ankle boot" or "Sandal" or "Sneaker";

    private static Dictionary<string, double> Aurocs(JsonElement json) => json.GetProperty("perClass").EnumerateArray()
        .Where(entry => entry.GetProperty("auroc").ValueKind == JsonValueKind.Number)
        .ToDictionary(entry => entry.GetProperty("label").GetString()!, entry => Math.Round(entry.GetProperty("auroc").GetDouble(), 9));

    private static List<Dictionary<string, string>> Split(string folder)
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(folder, "split.csv")).Select(line => line.Split(','))];
        return [.. rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
