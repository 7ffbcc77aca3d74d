using System.Text.Json;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Inference.Tests;

/// <summary>Views, temperatures and ensembles on the fused engine, beside torchvision's network and its crops.</summary>
public sealed class TrustedPredictionTests(TrustedPredictionTests.Reference reference) : IClassFixture<TrustedPredictionTests.Reference>
{
    private static readonly string[] _names = ["ant", "bee", "cat", "dog"];

    private JsonElement Expected => JsonDocument.Parse(File.ReadAllText(reference["expected.json"])).RootElement;

    [SkippableTheory]
    [InlineData(TestTimeAugmentation.Flip, "flip")]
    [InlineData(TestTimeAugmentation.FiveCrop, "fivecrop")]
    [InlineData(TestTimeAugmentation.TenCrop, "tencrop")]
    public void Logits_are_the_mean_of_torchvisions_for_its_views(TestTimeAugmentation augmentation, string kind)
    {
        using var classifier = Load("first");
        classifier.TestTimeAugmentation = augmentation;

        var results = classifier.ClassifyFiles(Images(12), new ImageBatchOptions { BatchSize = 16 }).ToArray();

        foreach (var (i, file) in results.Index())
        {
            var expected = Expected.GetProperty("viewLogits").GetProperty(kind)[i].EnumerateArray().Select(value => value.GetSingle()).ToArray();
            // Against the largest of them, as between engines everywhere.
            file.Result!.Logits.Zip(expected, (own, other) => Math.Abs(own - other)).Max().Should().BeLessThan(1e-4f * expected.Max(Math.Abs));
            classifier.Classify(file.Path).Logits.Should().Equal(file.Result.Logits);
        }
    }

    [SkippableFact]
    public void Loaded_runs_have_their_temperatures_and_together_the_mean_of_their_probabilities()
    {
        var description = reference["first/run.json"];
        (RunDescription.Load(description) with { Temperature = 2 }).Save(description);
        var (first, second) = (Load("first"), Load("second"));
        using var ensemble = ImageClassifier.Ensemble([first, second], ownsMembers: true);

        first.Temperature.Should().Be(2);
        ShouldBe(first, "half");
        ShouldBe(ensemble, "togetherHalf");
        ensemble.Dispose();
        ((Action)(() => first.Classify(Images(1)[0]))).Should().Throw<ObjectDisposedException>("the ensemble owned it");
    }

    private void ShouldBe(ImageClassifier classifier, string expected)
    {
        foreach (var (i, file) in classifier.ClassifyFiles(Images(6)).Index())
        {
            foreach (var (place, name) in _names.Index())
            {
                file.Result![name].Should().BeApproximately(Expected.GetProperty(expected)[i][place].GetSingle(), 1e-4f);
            }
        }
    }

    private ImageClassifier Load(string run) => ImageClassifier.Load(reference[$"{run}/best.pth"], new FusedDenseNetOptions { MaxThreads = 2 });

    private string[] Images(int count) => [.. Enumerable.Range(0, count).Select(i => reference[$"images/{_names[i % 4]}/{i}.png"])];

    public sealed class Reference() : ReferenceFiles("trust.py");
}
