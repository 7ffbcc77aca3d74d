using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class FineTunerFailureTests(FineTunerRuns runs) : IClassFixture<FineTunerRuns>
{
    [SkippableFact]
    public void A_loss_that_is_no_number_ends_the_run_and_leaves_the_epochs_before()
    {
        using var model = runs.Model();
        var folder = runs.New();
        // What the second epoch trains, it trains at a rate beyond all measure.
        var options = FineTunerRuns.Options with
        {
            Stages = [new() { Modules = ["classifier"] }, new() { Modules = ["features"], FromEpoch = 1, LearningRateFactor = 1e30 }],
        };

        ((Action)(() => runs.Tuner(model, folder, options).Run())).Should().Throw<DivergedException>().WithMessage("*smaller learning rate*");

        ShouldHaveEpochs(folder, 1);
    }

    [SkippableFact]
    public void A_run_whose_steps_do_not_wait_says_after_which_step_it_diverged()
    {
        using var model = runs.Model();
        var folder = runs.New();
        var options = FineTunerRuns.Options with { Optimizer = new OptimizerSettings { LearningRate = 1e30 } };
        var tuner = new FineTuner
        {
            Model = model,
            Training = runs.Data(),
            Preset = FineTunerRuns.Preset,
            Folder = folder,
            Options = options,
            IsAhead = true,
        };

        ((Action)(() => tuner.Run())).Should().Throw<DivergedException>().WithMessage("*after 1 step;*smaller learning rate*");
    }

    [SkippableFact]
    public void A_device_without_memory_ends_the_run_with_what_helps_and_leaves_the_epochs_before()
    {
        using var model = runs.Model();
        var folder = runs.New();
        var calls = 0;
        // No machine has a petabyte: libtorch's own failure, in the second epoch.
        using var hook = new Hook(model.register_forward_hook((_, _, output) =>
        {
            if (model.training && ++calls == 7)
            {
                empty([1L << 50], dtype: ScalarType.Float32).Dispose();
            }

            return output;
        }).remove);

        ((Action)(() => runs.Tuner(model, folder, FineTunerRuns.Options).Run())).Should().Throw<InsufficientMemoryException>()
            .WithMessage($"*cpu has not enough memory for a batch of 5 images of 48x48 in epoch 2*smaller batches*{folder} keeps*");

        ShouldHaveEpochs(folder, 1);
    }

    [SkippableFact]
    public void Unreadable_images_are_reported_once_and_left_out()
    {
        var data = runs.Data();
        var damaged = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        File.WriteAllText(damaged, "no picture");
        try
        {
            using var model = runs.Model();
            var reported = new List<string>();
            var tuner = new FineTuner
            {
                Model = model,
                Training = new ImageDataset(data.ClassNames, [.. data.Images, new LabelledImage(damaged, [1])]),
                Validation = data,
                Preset = FineTunerRuns.Preset,
                Folder = runs.New(),
                Options = FineTunerRuns.Options,
                ImageUnreadable = item => reported.Add(item.Source.Path),
            };

            var result = tuner.Run();

            reported.Should().Equal(damaged);
            result.Unreadable.Single().Error.Should().BeOfType<ImageFormatException>();
            result.Epochs.Should().HaveCount(3);
        }
        finally
        {
            File.Delete(damaged);
        }
    }

    [SkippableFact]
    public void Images_none_of_which_can_be_read_are_an_error_that_names_the_first()
    {
        var missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "a.png");
        using var model = runs.Model();
        var tuner = Tuner(model, new ImageDataset(runs.Data().ClassNames, Enumerable.Range(0, 3).Select(i => new LabelledImage(missing, [i]))));

        ((Action)(() => tuner.Run())).Should().Throw<InvalidDataException>().WithMessage($"*No training image can be used; {missing}*");
    }

    [SkippableFact]
    public void A_single_image_that_an_epoch_leaves_over_waits_for_another_epoch()
    {
        // 48 pixels leave the last batch norm 1x1 maps: one image tells it nothing about a channel.
        var data = runs.Data();
        var twentyOne = new ImageDataset(data.ClassNames, data.Images.Take(4).Concat(data.Images.Skip(7)));
        using var model = runs.Model();
        var seen = new List<int>();
        var tuner = new FineTuner
        {
            Model = model,
            Training = twentyOne,
            Preset = FineTunerRuns.Preset,
            Folder = runs.New(),
            Options = FineTunerRuns.Options with { Epochs = 1 },
            Progress = new ProgressReports(report => seen.Add(report.Images)),
        };
        twentyOne.Images.Count.Should().Be(21);

        tuner.Run().Epochs.Should().HaveCount(1);

        seen[^1].Should().Be(21);
        ((Action)(() => Tuner(model, twentyOne, FineTunerRuns.Options with { BatchSize = 1 }).Run()))
            .Should().Throw<ArgumentException>().WithMessage("*Batches of one image of 48x48*larger batches*");
    }

    [SkippableFact]
    public void Networks_images_and_options_that_do_not_fit_are_refused_before_anything_is_written()
    {
        using var model = runs.Model();
        var data = runs.Data();
        string[] four = [.. data.ClassNames, "yak"];

        Refused(Tuner(model, new ImageDataset(four, data.Images)), "*3 classes*4*ReplaceClassifier(4)*");
        Refused(Tuner(model, new ImageDataset(data.ClassNames, data.Images.Where(image => image.Class == 1))), "*All images have the class 'dog'*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { Metric = "taste" }), "*no metric 'taste'; known are accuracy, *");
        Refused(Tuner(model, data, FineTunerRuns.Options with { Metric = "f1" }), "*metric f1 is measured on images held out*there are none*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { Metric = "top5-accuracy" }, validation: data), "*top5-accuracy is 1 where*five classes*");
        var labels = new ImageDataset(data.ClassNames, data.Images, ClassificationTask.Multilabel);
        Refused(Tuner(model, labels, FineTunerRuns.Options with { Metric = "top5-accuracy" }, validation: labels), "*top5-accuracy is for classes that exclude*");
        Refused(Tuner(model, labels, FineTunerRuns.Options with { Sampler = TrainingSampler.Balanced }), "*balanced way where classes exclude each other*");
        Refused(Tuner(model, new ImageDataset(data.ClassNames, [])), "*no images to learn from*");
        Refused(Tuner(model, data, validation: new ImageDataset(["cat", "dog", "emu"], data.Images)), "*other classes (cat, dog, emu)*");
        Refused(Tuner(model, data, validation: new ImageDataset(data.ClassNames, [])), "*no images to validate with*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { PositiveWeights = [1, 1, 1] }), "*Weights of positives*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { ClassWeights = [0, 0, 0] }), "*All class weights are 0*");
        Refused(Tuner(model, data, validation: new ImageDataset(data.ClassNames, data.Images, ClassificationTask.Multilabel)), "*held out are multilabel*multiclass*");
        Refused(Tuner(model, new ImageDataset(["cat"], data.Images.Take(9))), "*All images have the class 'cat'*two classes*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { ClassWeights = [1, 1] }), "*3 class weights*there are 2*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { WarmupEpochs = 3 }), "*warm-up of 15 steps*15*");
        Refused(Tuner(model, data, FineTunerRuns.Options with { Stages = [new() { Modules = ["features.block9"] }] }), "*no module 'features.block9'*");
        Refused(
            Tuner(model, data, FineTunerRuns.Options with { Stages = [new() { Modules = ["classifier"], FromEpoch = 1 }] }),
            "*trains anything in the first epoch*");
        Refused(Tuner(model, data, preset: FineTunerRuns.Preset with { CropSize = 20 }), "*20x20*at least*");
        Refused(Tuner(model, data, preset: FineTunerRuns.Preset with { CropSize = null }), "*own sizes*");
        Refused(Tuner(model, data, preset: ImagePreset.ChestXray), "*1 channels*takes 3*");

        static void Refused(FineTuner tuner, string message)
        {
            ((Action)(() => tuner.Run())).Should().Throw<ArgumentException>().WithMessage(message);
            Directory.Exists(tuner.Folder).Should().BeFalse();
        }
    }

    [SkippableFact]
    public void A_frozen_network_is_refused_where_the_options_would_train_all_of_it()
    {
        using var model = runs.Model();
        model.FreezeFeatures();

        ((Action)(() => Tuner(model, runs.Data()).Run())).Should().Throw<ArgumentException>().WithMessage("*features.conv0.weight is frozen*Stages*");

        Tuner(model, runs.Data(), FineTunerRuns.Options with { Epochs = 1, Stages = [new() { Modules = ["classifier"] }] }).Run();
        model.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => entry.name).Should().Equal("classifier.weight", "classifier.bias");
    }

    [SkippableFact]
    public void A_disposed_network_is_refused()
    {
        var model = runs.Model();
        model.Dispose();

        ((Action)(() => Tuner(model, runs.Data()).Run())).Should().Throw<ObjectDisposedException>();
    }

    [SkippableFact]
    public void A_class_name_that_makes_no_line_is_refused()
    {
        using var model = runs.Model();
        var tuner = Tuner(model, new ImageDataset(["cat", "dog", "owl\nnight"], runs.Data().Images));

        ((Action)(() => tuner.Run())).Should().Throw<ArgumentException>().WithMessage("*cannot stand on a line*");
    }

    [SkippableFact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        using var model = runs.Model();
        var file = runs.New();
        File.WriteAllText(file, "");

        ((Action)(() => runs.Tuner(model, Path.Combine(file, "run"), FineTunerRuns.Options).Run())).Should().Throw<IOException>().WithMessage($"*{file}*");
    }

    private FineTuner Tuner(
        DenseNet model, ImageDataset training, FineTuningOptions? options = null, ImageDataset? validation = null, ImagePreset? preset = null) => new()
        {
            Model = model,
            Training = training,
            Validation = validation,
            Preset = preset ?? FineTunerRuns.Preset,
            Folder = runs.New(),
            Options = options ?? FineTunerRuns.Options,
        };

    private static void ShouldHaveEpochs(string folder, int epochs)
    {
        MetricsTable.Read(Path.Combine(folder, "metrics.csv")).Should().HaveCount(epochs);
        using var best = DenseNetFactory.FromCheckpoint(Path.Combine(folder, "best.pth"));
        using var state = Checkpoint.Open(Path.Combine(folder, "state.safetensors"));
        state.Metadata["state"].Should().Contain($"\"Epoch\":{epochs},");
    }
}
