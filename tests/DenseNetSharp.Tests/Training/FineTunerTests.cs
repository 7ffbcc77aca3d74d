using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class FineTunerTests : IClassFixture<FineTunerRuns>
{
    private static readonly TrainingStage[] ClassifierOnly = [new() { Modules = ["classifier"] }];

    private readonly FineTunerRuns _runs;

    public FineTunerTests(FineTunerRuns runs)
    {
        _runs = runs;
        set_num_threads(1);
    }

    [SkippableFact]
    public void A_run_leaves_weights_that_PyTorch_loads_labels_figures_curves_and_a_description()
    {
        using var model = _runs.Model();
        var folder = _runs.New();

        var result = _runs.Tuner(model, folder, FineTunerRuns.Options).Run();

        Directory.GetFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
            "best.pth", "last.pth", "labels.txt", "metrics.csv", "curves.svg", "split.csv", "run.json", "state.safetensors");
        foreach (var file in new[] { result.BestCheckpoint, result.LastCheckpoint })
        {
            PythonReference.RunCode($"""
                import torch
                from torchvision.models.densenet import DenseNet
                model = DenseNet(6, (2, 3, 2, 1), 10, 3, num_classes=3)
                print(model.load_state_dict(torch.load("{file}", weights_only=True)))
                """).Trim().Should().Be("<All keys matched successfully>");
        }

        LabelFile.Read(Path.Combine(folder, "labels.txt")).Should().Equal("cat", "dog", "owl");
        MetricsTable.Read(Path.Combine(folder, "metrics.csv")).Should().Equal(result.Epochs);
        File.ReadAllText(Path.Combine(folder, "curves.svg")).Should().StartWith("<svg");
        var description = RunDescription.FindBeside(result.BestCheckpoint)!;
        description.Training!.Options.Should().Be(FineTunerRuns.Options);
        (description.Preset.CropSize, description.Training.EpochsDone, description.Training.BestEpoch, description.Training.TrainingImages)
            .Should().Be(((ImageSize)48, 3, result.Best.Epoch, 24));
        using var best = Checkpoint.Open(result.BestCheckpoint);
        RunDescription.FindIn(best)!.ClassNames.Should().Equal("cat", "dog", "owl");
    }

    [SkippableFact]
    public void The_best_epoch_is_kept_and_the_network_is_left_with_the_last_weights()
    {
        using var model = _runs.Model();
        var bests = new List<int>();
        var tuner = new FineTuner
        {
            Model = model,
            Training = _runs.Data(),
            Validation = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = _runs.New(),
            Options = FineTunerRuns.Options with { Epochs = 6 },
            EpochDone = epoch =>
            {
                epoch.Validation.Multiclass.ConfusionMatrix().Cast<long>().Sum().Should().Be(24);
                if (epoch.IsBest)
                {
                    bests.Add(epoch.Record.Epoch);
                }
            },
        };

        var result = tuner.Run();

        var accuracies = result.Epochs.Select(epoch => epoch.Metric("accuracy")!.Value).ToArray();
        result.Best.Metric("accuracy").Should().Be(accuracies.Max());
        bests[^1].Should().Be(result.Best.Epoch);
        using var best = DenseNetFactory.FromCheckpoint(result.BestCheckpoint);
        using var last = DenseNetFactory.FromCheckpoint(result.LastCheckpoint);
        // Batches of another size may be rounded in another way.
        var batches = new ImageBatchOptions { BatchSize = 5 };
        Metrics.Evaluation.Run(best, _runs.Data(), FineTunerRuns.Preset, batches).Multiclass.Accuracy.Should().Be(accuracies.Max());
        Metrics.Evaluation.Run(last, _runs.Data(), FineTunerRuns.Preset, batches).Multiclass.Loss.Should().Be(result.Epochs[^1].ValidationLoss);
        model.Classifier.weight.HasBitsOf(last.Classifier.weight).Should().BeTrue();
        (model.training, model.parameters().All(parameter => parameter.requires_grad)).Should().Be((false, true));
    }

    [SkippableTheory]
    [InlineData(FeatureCaching.Memory)]
    [InlineData(FeatureCaching.Disk)]
    public void Frozen_features_that_are_kept_give_the_same_training_as_those_computed_anew(FeatureCaching caching)
    {
        var options = FineTunerRuns.Options with { Epochs = 4, Stages = ClassifierOnly };
        var phases = new List<FineTuningProgress>();
        using var plain = _runs.Model();
        using var cached = _runs.Model();

        var expected = _runs.Tuner(plain, _runs.New(), options with { FeatureCaching = FeatureCaching.None }).Run();
        var folder = _runs.New();
        var result = Run(cached, folder, options with { FeatureCaching = caching }, phases.Add);

        // Other batches than the training's have other last bits in oneDNN.
        foreach (var (actual, wanted) in result.Epochs.Zip(expected.Epochs))
        {
            actual.TrainingLoss.Should().BeApproximately(wanted.TrainingLoss, 1e-3);
            actual.ValidationLoss.Should().BeApproximately(wanted.ValidationLoss!.Value, 1e-3);
            actual.Metric("accuracy").Should().Be(wanted.Metric("accuracy"));
        }

        phases.Count(phase => phase.Phase == FineTuningPhase.CachingFeatures).Should().Be(10, "five batches to learn from, five to validate with");
        File.Exists(Path.Combine(folder, "features-training.cache")).Should().Be(caching == FeatureCaching.Disk);
    }

    [SkippableFact]
    public void Features_on_disk_serve_a_later_run_but_not_one_with_other_weights()
    {
        var options = FineTunerRuns.Options with { Epochs = 1, Stages = ClassifierOnly, FeatureCaching = FeatureCaching.Disk };
        using var features = new TemporaryFolder();
        Count(model => { }).Should().Be(10);

        Count(model => { }).Should().Be(0);
        Count(model =>
        {
            using var noGradients = no_grad();
            model.Features.parameters().First().mul_(2);
        }).Should().Be(10);

        int Count(Action<DenseNet> change)
        {
            using var model = _runs.Model();
            change(model);
            var count = 0;
            new FineTuner
            {
                Model = model,
                Training = _runs.Data(),
                Validation = _runs.Data(),
                Preset = FineTunerRuns.Preset,
                Folder = _runs.New(),
                FeatureFolder = features.Path,
                Options = options,
                Progress = new ProgressReports(progress => count += progress.Phase == FineTuningPhase.CachingFeatures ? 1 : 0),
            }.Run();
            return count;
        }
    }

    [SkippableFact]
    public void What_is_frozen_stays_as_it_was_to_the_bit_and_later_stages_move_when_their_epoch_comes()
    {
        using var model = _runs.Model();
        var folder = _runs.New();
        Dictionary<string, byte[]>? before = null, first = null, last = null;
        var tuner = new FineTuner
        {
            Model = model,
            Training = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Options = FineTunerRuns.Options with
            {
                Epochs = 2,
                Stages = [new() { Modules = ["classifier"] }, new() { Modules = ["features.denseblock4"], FromEpoch = 1 }],
            },
            EpochDone = epoch => (first, last) = (first ?? FineTunerRuns.Bytes(Path.Combine(folder, "last.pth")), FineTunerRuns.Bytes(Path.Combine(folder, "last.pth"))),
        };
        before = FineTunerRuns.Bytes(_runs.Reference("initial.pth"));

        tuner.Run();

        Changed(before, first!).Should().BeEquivalentTo("classifier.weight", "classifier.bias");
        Changed(first!, last!).Should().OnlyContain(name => name.StartsWith("classifier.") || name.StartsWith("features.denseblock4."))
            .And.Contain("features.denseblock4.denselayer1.conv2.weight");

        static string[] Changed(Dictionary<string, byte[]> old, Dictionary<string, byte[]> now) =>
            [.. old.Keys.Where(name => !old[name].AsSpan().SequenceEqual(now[name]))];
    }

    [SkippableFact]
    public void A_run_ends_when_patience_does()
    {
        using var model = _runs.Model();
        // A rate of zero improves nothing.
        var options = FineTunerRuns.Options with
        {
            Epochs = 10,
            Patience = 2,
            Optimizer = new OptimizerSettings { LearningRate = 0 },
            Stages = ClassifierOnly,
        };

        var result = _runs.Tuner(model, _runs.New(), options).Run();

        (result.Epochs.Count, result.Best.Epoch, result.StoppedEarly).Should().Be((3, 1, true));
    }

    [SkippableFact]
    public void Labels_that_do_not_exclude_each_other_are_measured_one_by_one()
    {
        var data = _runs.Data();
        var images = data.Images.Select(image => image.Class == 2 ? image with { Classes = [1, 2] } : image).ToArray();
        var multilabel = new ImageDataset(data.ClassNames, images, ClassificationTask.Multilabel);
        using var model = _runs.Model();
        var tuner = new FineTuner
        {
            Model = model,
            Training = multilabel,
            Validation = multilabel,
            Preset = FineTunerRuns.Preset,
            Folder = _runs.New(),
            Options = FineTunerRuns.Options with { Epochs = 1, PositiveWeights = [2, 1, 3] },
        };

        var metrics = tuner.Run().Best.Metrics;

        metrics.Select(metric => metric.Name).Should().Equal(
            [
                .. Metrics.EvaluationMetric.For(ClassificationTask.Multilabel).Where(metric => metric.Name != "loss").Select(metric => metric.Title),
                "AUROC cat", "AUROC dog", "AUROC owl",
            ]);
        metrics.Single(metric => metric.Name == "mean AUROC").Value.Should().BeApproximately(metrics.TakeLast(3).Average(metric => metric.Value), 1e-12);
        RunDescription.FindBeside(Path.Combine(tuner.Folder, "best.pth"))!.Task.Should().Be(ClassificationTask.Multilabel);
    }

    [SkippableFact]
    public void Without_images_held_out_the_training_loss_chooses()
    {
        using var model = _runs.Model();

        var result = new FineTuner
        {
            Model = model,
            Training = _runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = _runs.New(),
            Options = FineTunerRuns.Options,
        }.Run();

        result.Best.TrainingLoss.Should().Be(result.Epochs.Min(epoch => epoch.TrainingLoss));
        result.Epochs.Should().OnlyContain(epoch => epoch.ValidationLoss == null && epoch.Metrics.Count == 0);
    }

    [SkippableFact]
    public void Progress_tells_epoch_loss_rate_speed_and_time_left()
    {
        using var model = _runs.Model();
        var reports = new List<FineTuningProgress>();

        Run(model, _runs.New(), FineTunerRuns.Options with { Epochs = 2 }, reports.Add);

        var training = reports.Where(report => report.Phase == FineTuningPhase.Training).ToArray();
        training.Select(report => (report.Epoch, report.Images)).Should().Equal(
            (1, 5), (1, 10), (1, 15), (1, 20), (1, 24), (2, 5), (2, 10), (2, 15), (2, 20), (2, 24));
        training.Should().OnlyContain(report => report.Loss > 0 && report.ImagesPerSecond > 0 && report.LearningRate == 0.05 && report.TotalImages == 24);
        training[^1].Remaining.Should().BeLessThan(training[0].Remaining!.Value);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void However_long_a_run_it_leaves_no_tensors_to_the_garbage_collector(bool isClassifierOnly)
    {
        var options = FineTunerRuns.Options with
        {
            Stages = isClassifierOnly ? ClassifierOnly : [],
            AverageDecay = 0.9,
            MixupAlpha = isClassifierOnly ? 0 : 0.4,
            MaxGradientNorm = 1,
            AccumulationSteps = 2,
            BFloat16 = true,
        };

        // The average's network and the float32 copies, made once, leave empty shells.
        LeftBy(options with { Epochs = 4 }).Should().Be(LeftBy(options with { Epochs = 1 }));
        LeftBy(options with { Epochs = 2, AverageDecay = null, BFloat16 = false }).Should().Be(0);

        long LeftBy(FineTuningOptions options)
        {
            using var model = _runs.Model(dropRate: isClassifierOnly ? 0 : 0.1);
            var before = Expectations.LiveTensors();
            _runs.Tuner(model, _runs.New(), options).Run();
            return Tensor.TotalCount - before;
        }
    }

    private FineTuningResult Run(DenseNet model, string folder, FineTuningOptions options, Action<FineTuningProgress> report) => new FineTuner
    {
        Model = model,
        Training = _runs.Data(),
        Validation = _runs.Data(),
        Preset = FineTunerRuns.Preset,
        Folder = folder,
        Options = options,
        Progress = new ProgressReports(report),
    }.Run();
}
