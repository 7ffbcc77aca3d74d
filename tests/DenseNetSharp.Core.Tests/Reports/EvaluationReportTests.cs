using System.Xml.Linq;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Images;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Reports;

[Collection(PillowCollection.Name)]
public class EvaluationReportTests(PillowReference reference)
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    [SkippableFact]
    public void It_has_figures_curves_a_table_mistakes_as_pictures_and_facts_and_needs_nothing_besides_itself()
    {
        var (wide, broken) = (reference.NewPath(".png"), reference.NewPath(".jpg"));
        reference.RunText($"Image.effect_noise((400, 100), 60).convert('RGB').save('{wide}')\nresult = 'done'");
        File.WriteAllText(broken, "no image");
        // The first image's second label is missed, the second's first found wrongly, and of the third nothing is known.
        var evaluation = Evaluations.OfLabels(
            ["<Mass>", "Effusion & \u0007"], [3, -2, 1, -4, 5, 5], [1, 1, 0, 0, float.NaN, float.NaN], wide, broken, "absent.png");
        var intervals = evaluation.Bootstrap(20);
        var report = new EvaluationReport
        {
            Title = "best.pth on <chest>",
            Introduction = ["two images"],
            Evaluation = evaluation,
            Intervals = intervals,
            Epochs = [Epochs.Of(1, 0.7, 0.6, ("mean AUROC", 0.75)), Epochs.Of(2, 0.5)],
            Facts = [new("Options", [new("epochs", "2"), new("weights", "\ud800 half a pair")])],
        };

        var html = report.ToHtml();

        html.Should().StartWith("<!DOCTYPE html>\n<html");
        html.Replace(_svg.NamespaceName, "").Should().NotContain("http").And.NotContain("src=\"/").And.NotContain("<script");
        var document = Parse(html);
        document.Descendants("h1").Single().Value.Should().Be("best.pth on <chest>");
        document.Descendants(_svg + "svg").Select(svg => svg.Element(_svg + "title")!.Value).Should().Equal(
            "Training curves", "ROC curves", "Precision-recall curves", "Calibration");
        var tiles = OfClass(document, "tile").ToDictionary(tile => tile.Elements("div").First().Value, tile => tile.Elements("div").ElementAt(1).Value);
        tiles.Should().HaveCount(10).And.Contain("accuracy", "0.5000").And.Contain("mean AUROC", "1.0000");
        // Of each image of which anything is known, one of two decisions is right.
        OfClass(document, "tile-range").First().Value.Should().Be("0.500 – 0.500");
        document.Descendants("h2").Select(heading => heading.Value).Should().Equal("Training", "Curves", "Classes", "Worst mistakes", "Options");
        var table = Rows(document.Descendants("table").First());
        table[0][..9].Should().Equal("class", "images", "known", "threshold", "missed", "found wrongly", "precision", "recall", "F1");
        table[1][..9].Should().Equal("<Mass>", "1", "2", "0.5", "0", "1", "0.5000", "1.0000", "0.6667");
        table[2][..9].Should().Equal("Effusion & \uFFFD", "1", "2", "0.5", "1", "0", "0.0000", "0.0000", "0.0000");

        var shots = OfClass(document, "shot").ToArray();
        shots.Should().HaveCount(2);
        shots[0].Value.Should().Contain("missed: Effusion & \uFFFD (0.12)").And.Contain("right: <Mass> (0.95)").And.Contain(Path.GetFileName(wide));
        shots[1].Value.Should().Contain("cannot be read any more").And.Contain("found wrongly: <Mass> (0.73)");
        var picture = reference.NewPath(".png");
        File.WriteAllBytes(picture, Convert.FromBase64String(shots[0].Descendants("img").Single().Attribute("src")!.Value["data:image/png;base64,".Length..]));
        reference.RunText($"result = Image.open('{picture}').size").Should().Be("(200, 50)");
        Rows(document.Descendants("table").Last())[0].Should().Equal("epochs", "2");
    }

    [Fact]
    public void Of_classes_it_has_the_confusion_and_the_commonest_mistakes()
    {
        var evaluation = Evaluations.Of(["a", "b"], (0, 0.9), (0, 0.8), (1, 0.3), (1, 0.9));

        var document = Parse(new EvaluationReport { Title = "classes", Evaluation = evaluation, MostMistakes = 1 }.ToHtml());

        document.Descendants("h2").Select(heading => heading.Value).Should().Equal("Curves", "Classes", "Confusion", "Commonest mistakes", "Worst mistakes");
        Rows(document.Descendants("table").ElementAt(1))[1..].Should().BeEquivalentTo(new[] { new[] { "a", "b", "2" }, ["b", "a", "1"] });
        OfClass(document, "shot").Single().Value.Should().Contain("truth: a (0.10)").And.Contain("taken for: b (0.90)").And.Contain("image 0.png, loss 2.30");
        document.Value.Should().Contain("1 of 3 images with wrong decisions");
        OfClass(document, "tile-name").Select(name => name.Value).Should().NotContain("top-5 accuracy");
    }

    [Fact]
    public void A_run_without_images_held_out_has_its_curves_and_what_it_was_asked_for()
    {
        using var folder = new TemporaryFolder();
        var run = new RunDescription
        {
            Architecture = "densenet121",
            ClassNames = ["a", "b"],
            Preset = ImagePreset.TorchvisionImageNet,
            Training = new TrainingDescription
            {
                Options = new FineTuningOptions { Epochs = 7 },
                TrainingImages = 5,
                HasOwnAugmentation = true,
                Images = "hash",
                Versions = new Dictionary<string, string> { ["TorchSharp"] = "0.107.0" },
                BestEpoch = null,
            },
        };

        new EvaluationReport { Title = "run", Epochs = [Epochs.Of(1, 0.7)], Facts = ReportFacts.OfRun(run) }.Save(folder.File("report.html"));

        var document = Parse(File.ReadAllText(folder.File("report.html")));
        document.Descendants("h2").Select(heading => heading.Value).Should().Equal("Training", "Run", "Options", "Versions");
        string[][] facts = [.. document.Descendants("table").SelectMany(Rows)];
        facts.Select(row => string.Join(' ', row)).Should().Contain(
            ["architecture densenet121", "classNames a, b", "trainingImages 5", "hasOwnAugmentation yes", "epochs 7", "TorchSharp 0.107.0"]);
        OfClass(document, "tile").Should().BeEmpty();
    }

    private static XElement Parse(string html) => XElement.Parse(html["<!DOCTYPE html>".Length..]);

    private static IEnumerable<XElement> OfClass(XElement root, string type) =>
        root.Descendants().Where(element => element.Attribute("class")?.Value.Split(' ').Contains(type) == true);

    private static string[][] Rows(XElement table) =>
        [.. table.Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value.Trim()).ToArray())];
}
