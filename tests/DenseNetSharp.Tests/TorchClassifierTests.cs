using DenseNetSharp.Architectures;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class TorchClassifierTests
{
    [Fact]
    public void One_call_reads_a_runs_folder_and_a_multilabel_run_gets_its_sigmoids()
    {
        using var folder = new TemporaryFolder();
        using var model = new DenseNet(new DenseNetSpec { GrowthRate = 4, BlockConfig = [2, 2], InitFeatures = 8, NumClasses = 3 });
        var path = folder.File("best.pth");
        model.SaveCheckpoint(path);
        var preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 40, CropSize = 36 };
        new RunDescription
        {
            Task = ClassificationTask.Multilabel,
            ClassNames = ["Edema", "Mass", "Nodule"],
            Thresholds = [0.2f, 0.3f, 0.4f],
            Preset = preset,
            ApplyExifOrientation = true,
        }.Save(folder.File(RunDescription.FileName));
        var image = new RgbImage(50, 44, [.. Enumerable.Range(0, 50 * 44 * 3).Select(i => (byte)(i * 7))]);
        var logits = new float[3];
        model.Predict(preset.Apply(image), 1, 36, logits);

        using var classifier = ImageClassifier.Load(path, CPU);
        var result = classifier.Classify(image);

        result.Logits.Should().Equal(logits);
        result.Probabilities.Should().Equal(logits.Select(logit => (float)(1 / (1 + Math.Exp(-(double)logit)))));
        result.Labels.Should().Equal("Edema", "Mass", "Nodule");
        result.Thresholds.Should().Equal(0.2f, 0.3f, 0.4f);
        (classifier.DecodeOptions.ApplyExifOrientation, classifier.OwnsNetwork).Should().Be((true, true));
    }

    [Fact]
    public void Pretrained_weights_come_with_their_preset_and_the_names_of_their_classes()
    {
        using var folder = new TemporaryFolder();
        var spec = new DenseNetSpec { GrowthRate = 4, BlockConfig = [2, 2], InitFeatures = 8, NumClasses = 3 };
        using var model = new DenseNet(spec);
        model.SaveCheckpoint(folder.File("small.pth"));
        var preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 40, CropSize = 36 };
        var weights = SmallWeights.Of(spec, preset, folder.File("small.pth"));
        var image = new RgbImage(50, 44, [.. Enumerable.Range(0, 50 * 44 * 3).Select(i => (byte)(i * 7))]);
        var logits = new float[3];
        model.Predict(preset.Apply(image), 1, 36, logits);

        using var classifier = ImageClassifier.Pretrained(weights, download: new() { Directory = folder.Path, Offline = true });
        var result = classifier.Classify(image);

        result.Logits.Should().Equal(logits);
        result.Probabilities.Sum().Should().BeApproximately(1, 1e-6f);
        result.Labels.Should().Equal("cat", "dog", "horse");
        classifier.OwnsNetwork.Should().BeTrue();
    }
}
