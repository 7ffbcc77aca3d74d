using System.Text.Json;

namespace DenseNetSharp.Cli.Tests.Commands;

public sealed class EvaluateTests(CommandTests.Reference reference) : IClassFixture<CommandTests.Reference>
{
    private JsonElement Expected => JsonDocument.Parse(File.ReadAllText(reference["metrics.json"])).RootElement;

    [SkippableTheory]
    [InlineData]
    [InlineData("--engine", "torch")]
    public void Figures_of_a_folder_are_scikit_learns(params string[] engine)
    {
        var run = Densenet.Run(
            ["evaluate", reference["evaluation"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"], .. engine, "--json"]);

        run.Status.Should().Be(0, run.Errors);
        run.Json.GetProperty("images").GetInt32().Should().Be(30);
        foreach (var name in new[] { "accuracy", "top5", "loss" })
        {
            run.Json.GetProperty(name).GetDouble().Should().BeApproximately(Expected.GetProperty(name).GetDouble(), 1e-4, name);
        }

        var classes = run.Json.GetProperty("perClass").EnumerateArray().ToArray();
        Column(classes, "precision").Should().Equal(Numbers("precision"), Near);
        Column(classes, "recall").Should().Equal(Numbers("recall"), Near);
        Column(classes, "images").Should().Equal(Numbers("support"), Near);
        classes.Select(c => c.GetProperty("label").GetString()).Should().Equal(File.ReadLines(reference["labels.txt"]));
        JsonSerializer.Serialize(run.Json.GetProperty("confusion")).Should().Be(JsonSerializer.Serialize(Expected.GetProperty("confusion")));
    }

    [SkippableFact]
    public void Figures_of_images_of_several_classes_are_scikit_learns()
    {
        var run = Densenet.Run(
            "evaluate", reference["evaluation"], "--classes-csv", reference["table.csv"], "--weights", reference["zip.pth"],
            "--labels", reference["labels.txt"], "--json");

        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().ContainSingle(line => line.StartsWith($"densenet: measured as multilabel, as {reference["table.csv"]} looks")
            && line.EndsWith("classify takes them for multiclass (--task)"));
        run.Json.GetProperty("loss").GetDouble().Should().BeApproximately(Expected.GetProperty("multilabelLoss").GetDouble(), 1e-3);
        var classes = run.Json.GetProperty("perClass").EnumerateArray().ToArray();
        classes.Select(c => Nullable(c.GetProperty("auroc"))).Should().Equal(
            Expected.GetProperty("auroc").EnumerateArray().Select(Nullable), (a, b) => a is null == b is null && (a is null || Near(a.Value, b!.Value)));
        run.Json.GetProperty("meanAuroc").GetDouble().Should().BeApproximately(
            Expected.GetProperty("auroc").EnumerateArray().Select(Nullable).Where(area => area is not null).Average()!.Value, 1e-4);
    }

    [SkippableFact]
    public void People_get_a_table_a_matrix_and_totals_and_unreadable_images_are_reported()
    {
        var broken = Path.Combine(reference["evaluation"], "class number 4", "broken.png");
        File.WriteAllText(broken, "no image");

        var run = Densenet.Run("evaluate", reference["evaluation"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"]);

        File.Delete(broken);
        run.Status.Should().Be(0, run.Errors);
        run.ErrorLines.Should().ContainSingle(line => line.Contains("broken.png")).And.ContainSingle(line => line.Contains("1 image could not be read"));
        run.Output.Should().Contain("class number 11").And.Contain("truth, and what was taken for it").And.Contain("images 30, accuracy");
    }

    [SkippableFact]
    public void What_cannot_be_evaluated_is_said_in_one_line()
    {
        Densenet.Run("evaluate", reference["evaluation"], "--weights", reference["zip.pth"]).ErrorLines
            .Should().ContainSingle().Which.Should().Contain("12 classes").And.Contain("--labels");
        Densenet.Run("evaluate", reference["absent"], "--weights", reference["zip.pth"]).ErrorLines
            .Should().ContainSingle().Which.Should().Contain("no such folder");
        Directory.CreateDirectory(Path.Combine(reference["strange"], "unicorn"));
        Densenet.Run("evaluate", reference["strange"], "--weights", reference["zip.pth"], "--labels", reference["labels.txt"]).ErrorLines
            .Should().ContainSingle().Which.Should().Contain("unknown: unicorn");
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-6;

    private static double? Nullable(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();

    private static IEnumerable<double> Column(JsonElement[] classes, string name) => classes.Select(c => c.GetProperty(name).GetDouble());

    private IEnumerable<double> Numbers(string name) => Expected.GetProperty(name).EnumerateArray().Select(value => value.GetDouble());
}
