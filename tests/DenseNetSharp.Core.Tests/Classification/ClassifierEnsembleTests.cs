using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Core.Tests.Metrics;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Core.Tests.Classification;

[Collection(PillowCollection.Name)]
public class ClassifierEnsembleTests(PillowReference reference)
{
    private static readonly ImagePreset Small = new() { Name = "small", FixedSize = 8, Mean = [0, 0, 0], Std = [0.02f, 0.02f, 0.02f] };

    private static readonly ImagePreset Larger = Small with { Name = "larger", FixedSize = 12, Std = [0.01f, 0.05f, 0.03f] };

    [SkippableTheory]
    [InlineData(ClassificationTask.Multiclass)]
    [InlineData(ClassificationTask.Multilabel)]
    public void Probabilities_are_the_mean_of_the_members_each_at_its_temperature_by_the_classes_names(ClassificationTask task)
    {
        var image = TestImages.Photo(40, 30);
        var first = new ImageClassifier(new ChannelMeans(), Small, ["red", "green", "blue"], task) { Temperature = 1.5 };
        var second = new ImageClassifier(new ChannelMeans(), Larger, ["blue", "red", "green"], task) { TestTimeAugmentation = TestTimeAugmentation.Flip };
        var third = new ImageClassifier(new ChannelMeans(), Small, ["red", "green", "blue"], task) { Temperature = 0.2 };
        float[] logits =
        [
            .. first.Classify(image).Logits.Select(logit => logit / 1.5f),
            .. ((int[])[1, 2, 0]).Select(place => second.Classify(image).Logits[place]),
            .. third.Classify(image).Logits.Select(logit => logit / 0.2f),
        ];
        var function = task == ClassificationTask.Multiclass ? "softmax(scores, 1)" : "sigmoid(scores)";
        var expected = ScikitLearn.Run(reference, logits, 3, (int[])[0], $"""
            scores = torch.from_numpy(logits).double()
            result = torch.{function}.mean(0).numpy()
            """);

        var ensemble = ImageClassifier.Ensemble([first, second, third]);
        var result = ensemble.Classify(image);

        result.Probabilities.Select(probability => (double)probability).ShouldEqual(expected, 1e-6);
        result.Labels.Should().Equal("red", "green", "blue");
        (ensemble.Task, ensemble.Preset, ensemble.Thresholds, result.Temperature).Should().Be((task, Small, null, 1));
        using var folder = new TemporaryFolder();
        image.SavePng(folder.File("photo.png"));
        TestImages.Noise(9, 33).SavePng(folder.File("noise.png"));
        var files = ensemble.ClassifyFiles([folder.File("photo.png"), folder.File("noise.png")], new ImageBatchOptions { BatchSize = 4 }).ToArray();
        files[0].Result!.Logits.Should().Equal(result.Logits);
        files[1].Result!.Logits.Should().Equal(ensemble.Classify(folder.File("noise.png")).Logits);
    }

    [Fact]
    public void Members_that_leave_images_their_own_sizes_and_scores_far_from_0_do_no_harm()
    {
        using var folder = new TemporaryFolder();
        TestImages.Photo(40, 30).SavePng(folder.File("a.png"));
        TestImages.Photo(17, 60).SavePng(folder.File("b.png"));
        var loose = new ImageClassifier(new ChannelMeans(), Small with { FixedSize = null, Std = [1e-4f, 1e-4f, 1e-4f] });
        var ensemble = ImageClassifier.Ensemble([loose, new ImageClassifier(new ChannelMeans(), Small)]);

        foreach (var file in ensemble.ClassifyFiles([folder.File("a.png"), folder.File("b.png")]))
        {
            file.Result!.Logits.Should().Equal(ensemble.Classify(file.Path).Logits).And.OnlyContain(logit => float.IsFinite(logit));
            file.Result.Probabilities.Sum().Should().BeApproximately(1, 1e-5f);
        }
    }

    [Fact]
    public void Values_are_averaged_thresholds_too_and_an_ensemble_can_be_a_member()
    {
        var image = TestImages.Photo(20, 20);
        var value = new ImageClassifier(new ChannelMeans(), Small, task: ClassificationTask.None);
        var other = new ImageClassifier(new ChannelMeans(), Larger, task: ClassificationTask.None);
        var mean = ImageClassifier.Ensemble([value, other]).Classify(image);
        mean.Logits.Should().Equal(value.Classify(image).Logits.Zip(other.Classify(image).Logits, (a, b) => (float)(((double)a + b) / 2)));

        var labelled = new ImageClassifier(new ChannelMeans(), Small, ["a", "b", "c"], ClassificationTask.Multilabel, [0.2f, 0.9f, float.NaN]);
        var turned = new ImageClassifier(new ChannelMeans(), Small, ["c", "b", "a"], ClassificationTask.Multilabel, [0.4f, 0.5f, 0.6f]);
        var plain = new ImageClassifier(new ChannelMeans(), Small, ["a", "b", "c"], ClassificationTask.Multilabel);
        ImageClassifier.Ensemble([labelled, turned]).Thresholds.Should().Equal(0.4f, 0.7f, float.NaN);
        ImageClassifier.Ensemble([labelled, plain]).Thresholds.Should().Equal(0.35f, 0.7f, float.NaN);
        ImageClassifier.Ensemble([plain, plain]).Thresholds.Should().BeNull();

        var one = new ImageClassifier(new ChannelMeans(), Small);
        var whole = ImageClassifier.Ensemble([ImageClassifier.Ensemble([one]), one]);
        whole.Classify(image).Probabilities.Zip(one.Classify(image).Probabilities, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void What_is_no_ensemble_is_refused_by_name()
    {
        var first = Member(["a", "b", "c"]);
        Refused([], "*one member at least*");
        Refused([first, Member(["a", "b", "x"])], "one.pth has the class 'c', but two.pth has not*");
        Refused([first, Member(["a", "b"], 2)], "one.pth has 3 classes, but two.pth has 2*");
        Refused([first, Member(null)], "one.pth has class names, but two.pth has none*");
        Refused([Member(null), first], "two.pth has class names, but one.pth has none*");
        Refused([Member(["a", "a", "b"]), Member(["b", "a", "a"])], "*two have one name*");
        Refused([first, Member(["a", "b", "c"], task: ClassificationTask.Multilabel)], "one.pth is multiclass, but two.pth is multilabel*");
        Refused(
            [first, new ImageClassifier(new ChannelMeans(), Small, ["a", "b", "c"]) { DecodeOptions = new() { ApplyExifOrientation = true } }],
            "one.pth and two.pth want files decoded in different ways*");
        ((Action)(() => ImageClassifier.Ensemble([first, Member(["x", "y", "z"])]))).Should().Throw<ArgumentException>().WithMessage(
            "member 1 has*member 2 has not*");
        ImageClassifier.Ensemble([first]).Invoking(ensemble => ensemble.TestTimeAugmentation = TestTimeAugmentation.Flip)
            .Should().Throw<InvalidOperationException>().WithMessage("*each their own*");

        static void Refused(ImageClassifier[] members, string message) =>
            ((Action)(() => ImageClassifier.Ensemble(members, names: members.Length == 0 ? null : ["one.pth", "two.pth"])))
                .Should().Throw<ArgumentException>().WithMessage(message);

        static ImageClassifier Member(string[]? labels, int classes = 3, ClassificationTask task = ClassificationTask.Multiclass) =>
            new(new ChannelMeans { NumClasses = classes }, Small, labels, task);
    }

    [Fact]
    public void Members_stay_the_callers_unless_the_ensemble_owns_them()
    {
        ChannelMeans[] networks = [new(), new()];
        ImageClassifier[] members = [.. networks.Select(network => new ImageClassifier(network, Small) { OwnsNetwork = true })];

        ImageClassifier.Ensemble(members).Dispose();
        networks.Should().OnlyContain(network => !network.IsDisposed);
        ImageClassifier.Ensemble(members, ownsMembers: true).Dispose();
        networks.Should().OnlyContain(network => network.IsDisposed);
    }

    [Fact]
    public void An_evaluation_of_a_classifier_takes_its_classes_by_name_its_temperature_and_its_thresholds()
    {
        using var folder = new TemporaryFolder();
        TestImages.Photo(40, 30).SavePng(folder.File("photo.png"));
        var classifier = new ImageClassifier(new ChannelMeans(), Small, ["red", "green", "blue"], ClassificationTask.Multilabel, [0.1f, 0.2f, 0.3f])
        {
            Temperature = 3,
        };
        var dataset = new ImageDataset(["blue", "red"], [new LabelledImage(folder.File("photo.png"), [0])], ClassificationTask.Multilabel);

        var evaluation = Evaluation.Run(ImageClassifier.Ensemble([classifier]), dataset);
        var alone = Evaluation.Run(classifier, dataset);

        var probabilities = classifier.Classify(folder.File("photo.png")).Probabilities;
        alone.Scored()[0].Probabilities.Should().Equal(probabilities[2], probabilities[0]);
        alone.Multilabel.Thresholds.Should().Equal(0.3f, 0.1f);
        (alone.Temperature, evaluation.Temperature).Should().Be((3, 1));
        evaluation.Loss.Should().BeApproximately(alone.Loss, 1e-6);
        Refused(new ImageDataset(["blue", "pink"], [], ClassificationTask.Multilabel), "*'pink'*none of the classifier's*");
        Refused(new ImageDataset(["blue", "red", "green"], []), "*multilabel*multiclass*");

        void Refused(ImageDataset other, string message) =>
            ((Action)(() => Evaluation.Run(classifier, other))).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void A_result_at_a_temperature_keeps_the_networks_scores()
    {
        var image = TestImages.Photo(20, 20);
        var classifier = new ImageClassifier(new ChannelMeans(), Small);
        var logits = classifier.Classify(image).Logits;
        classifier.Temperature = 2.5;

        var result = classifier.Classify(image);

        result.Logits.Should().Equal(logits);
        result.Probabilities.Should().Equal(Probabilities.Softmax([.. logits], 2.5));
        result.Temperature.Should().Be(2.5);
        classifier.Invoking(same => same.Temperature = -1).Should().Throw<ArgumentException>().WithMessage("*finite number above 0*");
        new ImageClassifier(new ChannelMeans(), Small, task: ClassificationTask.None).Invoking(none => none.Temperature = 2)
            .Should().Throw<InvalidOperationException>().WithMessage("*no probabilities*");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1.5")]
    [InlineData("\"hot\"")]
    public void A_run_json_keeps_its_temperature_and_refuses_what_is_none(string value)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(RunDescription.FileName);
        var run = new RunDescription { Preset = Small, Temperature = 1.73, ClassNames = ["a", "b"], Thresholds = [0.5f, 0.9f] };
        run.Save(path);

        RunDescription.Load(path).Temperature.Should().Be(1.73);
        run.WithTemperature(3.46).Thresholds![1].Should().BeApproximately(0.75f, 1e-6f, "the odds of 9 have the root 3");
        File.WriteAllText(path, File.ReadAllText(path).Replace("1.73", value));
        ((Action)(() => RunDescription.Load(path))).Should().Throw<InvalidDataException>().WithMessage(
            value[0] == '"' ? "*run.json*temperature*" : string.Create(CultureInfo.InvariantCulture, $"*run.json has the temperature {value}; it must be*"));
    }
}
