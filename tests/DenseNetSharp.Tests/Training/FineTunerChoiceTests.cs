using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>What chooses the best epoch, the images and the learning rate.</summary>
public sealed class FineTunerChoiceTests : IClassFixture<FineTunerRuns>
{
    private readonly FineTunerRuns _runs;

    public FineTunerChoiceTests(FineTunerRuns runs)
    {
        _runs = runs;
        set_num_threads(1);
    }

    [SkippableTheory]
    [InlineData("loss")]
    [InlineData("f1")]
    [InlineData("auprc")]
    [InlineData("ece")]
    public void The_best_epoch_is_the_metrics_and_best_pth_has_its_value(string name)
    {
        using var model = _runs.Model();
        var metric = EvaluationMetric.Parse(name);

        var result = _runs.Tuner(model, _runs.New(), FineTunerRuns.Options with { Epochs = 5, Metric = name }).Run();

        var values = result.Epochs.Select(epoch => metric == EvaluationMetric.Loss ? epoch.ValidationLoss!.Value : epoch.Metric(metric.Title)!.Value).ToArray();
        values[result.Best.Epoch - 1].Should().Be(metric.HigherIsBetter ? values.Max() : values.Min());
        using var best = DenseNetFactory.FromCheckpoint(result.BestCheckpoint);
        // Batches of another size may be rounded in another way.
        metric.Of(Evaluation.Run(best, _runs.Data(), FineTunerRuns.Preset, new ImageBatchOptions { BatchSize = 5 }))
            .Should().BeApproximately(values[result.Best.Epoch - 1], 1e-6);
        MetricsTable.Read(result.Metrics).Should().Equal(result.Epochs);
        result.Best.Metrics.Select(one => one.Name).Should().Equal(
            EvaluationMetric.For(ClassificationTask.Multiclass).Where(one => one.Name is not ("loss" or "top5-accuracy")).Select(one => one.Title));
    }

    [SkippableFact]
    public void The_rates_of_a_run_are_ReduceLROnPlateaus_of_its_metric()
    {
        using var model = _runs.Model();
        var options = FineTunerRuns.Options with
        {
            Epochs = 7,
            Metric = "f1",
            Schedule = new PlateauSchedule { Factor = 0.3, Patience = 0, Threshold = 0.2, Cooldown = 1, MinimumRate = 0.002 },
        };

        var epochs = _runs.Tuner(model, _runs.New(), options).Run().Epochs;

        var values = string.Join(", ", epochs.Select(epoch => epoch.Metric("F1 (macro)")!.Value.ToString("R", CultureInfo.InvariantCulture)));
        var expected = PythonReference.RunCode($"""
            import torch
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.05)
            scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
                optimizer, mode="max", factor=0.3, patience=0, threshold=0.2, cooldown=1, min_lr=0.002)
            for value in [{values}]:
                print(repr(optimizer.param_groups[0]["lr"]))
                scheduler.step(value)
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        epochs.Select(epoch => epoch.LearningRate).Should().Equal(expected);
        expected.Distinct().Should().HaveCountGreaterThan(1, "else nothing was tried");
    }

    [SkippableFact]
    public void A_class_that_no_image_has_is_said_and_keeps_its_output()
    {
        using var model = _runs.Model();
        var data = _runs.Data();
        var without = new ImageDataset(data.ClassNames, data.Images.Where(image => image.Class != 1));
        var remarks = new List<string>();
        var tuner = new FineTuner
        {
            Model = model,
            Training = without,
            Validation = without,
            Preset = FineTunerRuns.Preset,
            Folder = _runs.New(),
            Options = FineTunerRuns.Options with { Epochs = 1, Sampler = TrainingSampler.Balanced },
            Remark = remarks.Add,
        };

        var result = tuner.Run();

        remarks.Should().HaveCount(2);
        remarks[0].Should().StartWith("no training image has dog: ");
        remarks[1].Should().StartWith("no image held out has dog: ");
        using var best = DenseNetFactory.FromCheckpoint(result.BestCheckpoint);
        best.Spec.NumClasses.Should().Be(3);
        double.IsNaN(result.Best.Metric("mean AUROC")!.Value).Should().BeFalse("the two other classes have theirs");
    }

    [SkippableFact]
    public void A_label_without_positives_trains_and_stays_a_label()
    {
        using var model = _runs.Model();
        var data = _runs.Data();
        var labels = new ImageDataset(
            data.ClassNames, data.Images.Select(image => image.Class == 1 ? image with { Classes = [] } : image), ClassificationTask.Multilabel);
        var remarks = new List<string>();
        var tuner = new FineTuner
        {
            Model = model,
            Training = labels,
            Validation = labels,
            Preset = FineTunerRuns.Preset,
            Folder = _runs.New(),
            Options = FineTunerRuns.Options with { Epochs = 1 },
            Remark = remarks.Add,
        };

        var best = tuner.Run().Best;

        remarks.Should().HaveCount(2).And.OnlyContain(remark => remark.Contains(" dog: "));
        best.Metric("AUROC dog").Should().Be(double.NaN);
        best.Metric("mean AUROC").Should().BeApproximately((best.Metric("AUROC cat")!.Value + best.Metric("AUROC owl")!.Value) / 2, 1e-12);
    }

    [SkippableFact]
    public void Balanced_images_are_those_of_WeightedRandomSampler_and_each_repetition_is_augmented_anew()
    {
        var data = _runs.Data();
        var uneven = new ImageDataset(data.ClassNames, data.Images.Where((image, i) => image.Class != 0 || i < 3));
        var preset = FineTunerRuns.Preset;
        var loader = new ImageLoader(uneven, preset, TrainingAugmentation.Crop.ToTransform(preset)) { Sampler = TrainingSampler.Balanced };
        var expected = PythonReference.RunCode($"""
            import torch
            from torch.utils.data import DataLoader, WeightedRandomSampler
            classes = torch.tensor([{string.Join(", ", uneven.Images.Select(image => image.Class))}])
            weights = 1.0 / torch.bincount(classes).double()
            for epoch in (0, 1, 5):
                generator = torch.Generator()
                generator.manual_seed(20 + epoch)
                sampler = WeightedRandomSampler(weights[classes], len(classes), replacement=True, generator=generator)
                print(*[int(i) for i in DataLoader(range(len(classes)), batch_size=None, sampler=sampler, generator=generator)])
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        int[] epochs = [0, 1, 5];
        epochs.Select(epoch => string.Join(' ', loader.TrainingOrder(20, epoch))).Should().Equal(expected);

        using var all = loader.TrainingBatches(20, 0).First();
        var twice = all.Places.Index().GroupBy(entry => entry.Item).First(group => group.Count() > 1).Take(2).ToArray();
        all.Images[twice[0].Index].HasBitsOf(all.Images[twice[1].Index]).Should().BeFalse();
    }
}
