using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class ImageLoaderTests(ImageLoaderTests.Reference reference) : IClassFixture<ImageLoaderTests.Reference>
{
    private static readonly ImagePreset Preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 40, CropSize = 32 };

    public sealed class Reference() : ReferenceFiles("loader.py");

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_epochs_batches_are_those_of_torchvisions_ImageFolder_and_PyTorchs_DataLoader(int workers)
    {
        var loader = new ImageLoader(Data(), Preset) { Options = new() { BatchSize = 6, Workers = workers } };
        foreach (var epoch in new[] { 0, 1 })
        {
            // No libtorch is involved, so the images are equal to the bit on any.
            using var expected = Checkpoint.Open(reference[$"epoch{epoch}.pth"]);
            var count = 0;
            foreach (var batch in loader.TrainingBatches(seed: 10, epoch))
            {
                using (batch)
                {
                    batch.Images.ShouldBe(expected.Tensors[$"images{count}"], $"batch {count}");
                    batch.Targets.ShouldBe(expected.Tensors[$"labels{count}"], $"labels {count}");
                    count++;
                }
            }

            count.Should().Be(loader.BatchesPerEpoch).And.Be(4);
        }
    }

    [SkippableFact]
    public void Augmented_images_depend_on_seed_epoch_and_place_and_not_on_the_workers()
    {
        float[] Epoch(int workers, int batchSize, int epoch) =>
        [
            .. new ImageLoader(Data(), Preset, TrainingTransform.ResizedCropAndFlip(Preset))
            {
                Options = new() { BatchSize = batchSize, Workers = workers },
            }.TrainingBatches(seed: 3, epoch).SelectMany(batch => batch.Images.data<float>().ToArray()),
        ];

        Epoch(1, 4, epoch: 0).Should().Equal(Epoch(3, 7, epoch: 0));
        Epoch(1, 4, epoch: 0).Should().NotEqual(Epoch(1, 4, epoch: 1));
    }

    [SkippableFact]
    public void An_unreadable_image_is_reported_and_the_others_close_up()
    {
        var good = Data().Images;
        LabelledImage[] images = [good[0], new("absent.png", [1]), good[8], new("gone.png", [0])];
        var loader = new ImageLoader(new ImageDataset(Data().ClassNames, images), Preset) { Options = new() { BatchSize = 3 } };

        var batches = loader.EvaluationBatches().ToArray();

        batches.Should().ContainSingle("the second batch has no image that can be read");
        batches[0].Images.shape.Should().Equal(2, 3, 32, 32);
        batches[0].Items.Should().Equal(images[0], images[2]);
        batches[0].Targets.data<long>().ToArray().Should().Equal(0, 1);
        batches[0].Unreadable.Should().ContainSingle().Which.Error.Should().BeOfType<FileNotFoundException>();
    }

    [SkippableFact]
    public void Several_classes_an_image_become_ones_and_zeros()
    {
        var files = Data().Images;
        var data = new ImageDataset(
            ["a", "b", "c"], [new(files[0].Path, [0, 2]), new(files[1].Path, [])], ClassificationTask.Multilabel);

        using var batch = new ImageLoader(data, Preset).EvaluationBatches().Single();

        batch.Targets.shape.Should().Equal(2, 3);
        batch.Targets.data<float>().ToArray().Should().Equal(1, 0, 1, 0, 0, 0);
    }

    [SkippableFact]
    public void A_short_last_batch_is_left_out_on_request()
    {
        var loader = new ImageLoader(Data(), Preset) { Options = new() { BatchSize = 6 }, DropLast = true };

        loader.TrainingBatches(1, 0).Select(batch => batch.Images.shape[0]).Should().Equal(6, 6, 6);
        loader.BatchesPerEpoch.Should().Be(3);
        loader.EvaluationBatches().Sum(batch => batch.Items.Count).Should().Be(20);
    }

    [SkippableFact]
    public void Batches_outlive_the_scope_in_which_they_are_made_and_leave_nothing_behind()
    {
        var data = Data();
        var before = Expectations.LiveTensors();
        using (var scope = NewDisposeScope())
        {
            LabelledBatch[] batches = [.. new ImageLoader(data, Preset).EvaluationBatches()];
            scope.DisposeEverything();
            batches[0].Images.IsInvalid.Should().BeFalse();
            foreach (var batch in batches)
            {
                batch.Dispose();
            }
        }

        Tensor.TotalCount.Should().Be(before);
    }

    public static TheoryData<string> Ways() => [.. Presets.Keys];

    /// <summary>Whole images, padded ones, other values than those of ImageNet, gray, cropped and mirrored, erased after the normalisation.</summary>
    private static readonly Dictionary<string, (ImagePreset Preset, TrainingTransform? Augmentation)> Presets = new()
    {
        ["plain"] = (Preset, null),
        ["padded"] = (Preset with { ResizeSize = 20 }, null),
        ["values"] = (Preset with { Divisor = 127.3f, Mean = [0.1f, -0.7f, 1.3f], Std = [0.3f, -3.1f, 1 / 2048f] }, null),
        ["gray"] = (Preset with { Channels = 1, Mean = [0.449f], Std = [0.226f] }, null),
        ["repeated"] = (Preset with { ConvertToGray = true }, null),
        ["augmented"] = (Preset, TrainingTransform.ResizedCropAndFlip(Preset)),
        ["erased"] = (Preset, TrainingTransform.ResizedCropAndFlip(Preset, erase: 1)),
    };

    [SkippableTheory]
    [MemberData(nameof(Ways))]
    public void Bytes_that_the_device_normalises_give_the_bits_of_floats(string way)
    {
        var (preset, augmentation) = Presets[way];
        var data = Data();
        // The batch with it in the middle closes up, the last has no image at all.
        data = new ImageDataset(data.ClassNames, [.. data.Images.Take(7), new("absent.png", [1]), .. data.Images.Skip(7), new("gone.png", [0])]);
        var (unreadable, unreadableAhead) = (new List<string>(), new List<string>());
        var thread = Environment.CurrentManagedThreadId;
        var loader = Loader(isAhead: false, unreadable);
        var ahead = Loader(isAhead: true, unreadableAhead);
        var before = Expectations.LiveTensors();

        Compare(loader.TrainingBatches(seed: 4, epoch: 1, firstBatch: 1), ahead.TrainingBatches(seed: 4, epoch: 1, firstBatch: 1));
        Compare(loader.EvaluationBatches(), ahead.EvaluationBatches());

        unreadableAhead.Should().Equal(unreadable).And.HaveCountGreaterThanOrEqualTo(2);
        Tensor.TotalCount.Should().Be(before);

        ImageLoader Loader(bool isAhead, List<string> failed) => new(data, preset, augmentation)
        {
            Options = new() { BatchSize = 7 },
            IsAhead = isAhead,
            ImageUnreadable = item =>
            {
                Environment.CurrentManagedThreadId.Should().Be(thread, "it is told on the thread that enumerates");
                failed.Add(item.Source.Path);
            },
        };
    }

    [SkippableFact]
    public void Training_on_bytes_gives_the_losses_and_weights_of_training_on_floats()
    {
        set_num_threads(Expectations.Threads);
        var (losses, weights) = Train(isAhead: false);
        var (lossesOfBytes, weightsOfBytes) = Train(isAhead: true);

        lossesOfBytes.ShouldHaveBitsOf(losses);
        weightsOfBytes.Should().Equal(weights);

        (List<float> Losses, float[] Weights) Train(bool isAhead)
        {
            manual_seed(5);
            using var model = new DenseNet(Networks.Tiny with { NumClasses = Data().ClassNames.Count });
            using var optimizer = ForeachOptimizers.Sgd(model.parameters(), 0.05, momentum: 0.9);
            var preset = Preset with { ResizeSize = 52, CropSize = 48 };
            var loader = new ImageLoader(Data(), preset, TrainingTransform.Flip(preset)) { Options = new() { BatchSize = 5 }, IsAhead = isAhead };
            var trainer = new Trainer(model, optimizer);
            trainer.EnterTraining();
            var losses = new List<float>();
            foreach (var batch in loader.TrainingBatches(seed: 1, epoch: 0))
            {
                using (batch)
                {
                    losses.Add(trainer.Train(batch));
                }
            }

            return (losses, [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())]);
        }
    }

    [Fact]
    public void What_makes_no_batches_is_refused()
    {
        var data = new ImageDataset(["a"], [new LabelledImage("x.png", [0])]);
        var other = TrainingTransform.Flip(ImagePreset.TorchvisionImageNet);

        ((Action)(() => _ = new ImageLoader(data, Preset with { CropSize = null }))).Should().Throw<ArgumentException>().WithMessage("*own sizes*");
        ((Action)(() => _ = new ImageLoader(data, Preset, other))).Should().Throw<ArgumentException>().WithMessage("*3 channels of 224x224*3 of 32x32*");
    }

    private static void Compare(IEnumerable<LabelledBatch> floats, IEnumerable<LabelledBatch> bytes)
    {
        LabelledBatch[] all = [.. floats], ofBytes = [.. bytes];
        ofBytes.Should().HaveSameCount(all).And.HaveCountGreaterThan(1);
        foreach (var (expected, batch) in all.Zip(ofBytes))
        {
            using (expected)
            using (batch)
            {
                batch.Index.Should().Be(expected.Index);
                batch.Places.Should().Equal(expected.Places);
                batch.Images.ShouldHaveBitsOf(expected.Images, $"batch {batch.Index}");
                batch.Targets.ShouldHaveBitsOf(expected.Targets, $"what batch {batch.Index} shows");
            }
        }
    }

    private ImageDataset Data() => ImageFolder.Load(reference["images"]);
}
