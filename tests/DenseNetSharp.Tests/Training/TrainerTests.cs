using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class TrainerTests(TrainerTests.Reference reference) : IClassFixture<TrainerTests.Reference>
{
    private static readonly ImagePreset Preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 52, CropSize = 48 };

    public sealed class Reference() : ReferenceFiles("trainer.py", $"{Expectations.Threads}");

    [SkippableFact]
    public void Training_on_a_folder_gives_PyTorchs_losses_and_weights() =>
        Compare("plain", Data(), model => new Trainer(model, Sgd(model)));

    [SkippableFact]
    public void Smoothed_weighted_accumulated_and_clipped_training_gives_PyTorchs_losses_and_weights() =>
        Compare("smoothed", Data(), model => new Trainer(
            model, Sgd(model), new TrainingLoss { LabelSmoothing = 0.1, ClassWeights = [1, 0.5f, 2] })
        {
            AccumulationSteps = 2,
            MaxGradientNorm = 0.5,
        });

    [SkippableFact]
    public void Multilabel_training_gives_PyTorchs_losses_and_weights()
    {
        var data = Data();
        // An owl is a dog, too.
        var images = data.Images.Select(image => image.Class == 2 ? image with { Classes = [1, 2] } : image);
        Compare(
            "multilabel",
            new ImageDataset(data.ClassNames, images, ClassificationTask.Multilabel),
            model => new Trainer(model, Sgd(model), new TrainingLoss { ClassWeights = [1, 0.5f, 2], PositiveWeights = [2, 1, 3] }));
    }

    [SkippableFact]
    public void Frozen_features_stay_as_they_were_statistics_and_all() =>
        Compare("frozen", Data(), model =>
        {
            model.FreezeFeatures();
            return new Trainer(model, Sgd(model));
        });

    [SkippableFact]
    public void Features_can_be_frozen_in_part() =>
        Compare("partly", Data(), model =>
        {
            model.FreezeFeatures().Unfreeze(
                "features.denseblock2", "features.transition2", "features.denseblock3", "features.transition3", "features.denseblock4",
                "features.norm5");
            return new Trainer(model, Sgd(model));
        });

    [SkippableFact]
    public void A_loss_that_is_no_number_stops_before_the_weights()
    {
        using var model = Model();
        var trainer = new Trainer(model, Sgd(model));
        trainer.EnterTraining();
        var before = model.Classifier.weight.data<float>().ToArray();
        using var batch = new ImageLoader(Data(), Preset) { Options = new() { BatchSize = 4 } }.Evaluation().First();
        using (no_grad())
        {
            batch.Images.fill_(float.NaN);
        }

        ((Action)(() => trainer.Train(batch))).Should().Throw<DivergedException>().WithMessage("*NaN after 0 steps*");

        trainer.Finish();
        trainer.Steps.Should().Be(0);
        model.Classifier.weight.data<float>().ToArray().Should().Equal(before);
    }

    [SkippableFact]
    public void One_image_that_leaves_one_value_a_channel_is_refused_and_fine_in_evaluation()
    {
        using var model = Model();
        var trainer = new Trainer(model, Sgd(model));
        var data = Data();
        var small = new ImageLoader(new ImageDataset(data.ClassNames, data.Images.Take(1)), Preset with { CropSize = 40 });
        using var batch = small.Evaluation().Single();

        trainer.EnterTraining();
        ((Action)(() => trainer.Train(batch))).Should().Throw<ArgumentException>().WithMessage("*one image of 40x40*DropLast*");

        model.FreezeFeatures();
        trainer.EnterTraining();
        trainer.Train(batch).Should().BePositive("frozen batch norms keep their statistics");
    }

    [Fact]
    public void Settings_that_do_not_suit_are_refused()
    {
        using var logits = zeros(2, 3);
        using var indices = tensor(new long[] { 0, 2 });
        using var ones = torch.ones(2, 3);
        Action Loss(TrainingLoss loss, Tensor targets) => () => loss.Compute(logits, targets);
        using var model = Networks.Create("tiny");
        var optimizer = optim.SGD(model.parameters(), 0.1);

        Loss(new() { LabelSmoothing = 1 }, indices).Should().Throw<ArgumentException>().WithMessage("*smoothing is 1*");
        Loss(new() { LabelSmoothing = 0.1 }, ones).Should().Throw<ArgumentException>().WithMessage("*exclude each other*");
        Loss(new() { PositiveWeights = [1, 1, 1] }, indices).Should().Throw<ArgumentException>().WithMessage("*use class weights*");
        Loss(new() { ClassWeights = [1, 2] }, indices).Should().Throw<ArgumentException>().WithMessage("*3 class weights*there are 2: 1, 2*");
        Loss(new() { ClassWeights = [1, 2, float.NaN] }, indices).Should().Throw<ArgumentException>().WithMessage("*finite*");
        ((Action)(() => model.Unfreeze("features.denseblock9"))).Should().Throw<ArgumentException>().WithMessage("*'features.denseblock9'*features.denseblock1*");
        ((Action)(() => _ = new Trainer(model, optimizer) { AccumulationSteps = 0 })).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new Trainer(model, optimizer) { MaxGradientNorm = 0 })).Should().Throw<ArgumentException>();
    }

    private void Compare(string name, ImageDataset data, Func<DenseNet, Trainer> make)
    {
        set_num_threads(Expectations.Threads);
        using var expectedLosses = Checkpoint.Open(reference[$"{name}-losses.pth"]);
        using var expected = Checkpoint.Open(reference[$"{name}-final.pth"]);
        using var model = Model();
        var trainer = make(model);
        var loader = new ImageLoader(data, Preset) { Options = new() { BatchSize = 5 } };
        var losses = new List<float>();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            trainer.EnterTraining();
            foreach (var batch in loader.Training(seed: 20, epoch))
            {
                using (batch)
                {
                    losses.Add(trainer.Train(batch));
                }
            }

            trainer.Finish();
        }

        trainer.Steps.Should().Be(2 * ((loader.BatchesPerEpoch + trainer.AccumulationSteps - 1) / trainer.AccumulationSteps));
        model.ShouldHaveTrainedAs(losses, expectedLosses, expected);
    }

    private static optim.Optimizer Sgd(DenseNet model) => optim.SGD(
        model.parameters().Where(parameter => parameter.requires_grad), 0.01, momentum: 0.9, weight_decay: 1e-4, nesterov: true);

    private DenseNet Model()
    {
        var model = new DenseNet(Networks.Tiny with { NumClasses = 3 });
        model.LoadCheckpoint(reference["initial.pth"]);
        return model;
    }

    private ImageDataset Data() => ImageFolder.Load(reference["images"]);
}
