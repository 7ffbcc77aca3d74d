using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

public sealed class TrainerTests(TrainerTests.Reference reference) : IClassFixture<TrainerTests.Reference>
{
    private static readonly ImagePreset Preset = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 52, CropSize = 48 };

    public sealed class Reference() : ReferenceFiles("trainer.py");

    [SkippableFact]
    public void Training_on_a_folder_gives_PyTorchs_losses_and_weights() =>
        Compare(Data(), model => new Trainer(model, Sgd(model)), (network, optimizer) => new ReferenceTraining(network, optimizer));

    [SkippableFact]
    public void Smoothed_weighted_accumulated_and_clipped_training_gives_PyTorchs_losses_and_weights() =>
        Compare(
            Data(),
            model => new Trainer(model, Sgd(model), new TrainingLoss { LabelSmoothing = 0.1, ClassWeights = [1, 0.5f, 2] })
            {
                AccumulationSteps = 2,
                MaxGradientNorm = 0.5,
            },
            (network, optimizer) => new ReferenceTraining(network, optimizer)
            {
                Loss = (logits, labels) => nn.functional.cross_entropy(
                    logits, labels, weight: tensor(new[] { 1, 0.5f, 2 }), label_smoothing: 0.1),
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
            new ImageDataset(data.ClassNames, images, ClassificationTask.Multilabel),
            model => new Trainer(model, Sgd(model), new TrainingLoss { ClassWeights = [1, 0.5f, 2], PositiveWeights = [2, 1, 3] }),
            (network, optimizer) => new ReferenceTraining(network, optimizer)
            {
                Loss = (logits, labels) =>
                {
                    var targets = nn.functional.one_hot(labels, 3).to(ScalarType.Float32);
                    targets[TensorIndex.Colon, 1] = labels.greater(0).to(ScalarType.Float32);
                    return nn.functional.binary_cross_entropy_with_logits(
                        logits, targets, weight: tensor(new[] { 1, 0.5f, 2 }), pos_weights: tensor(new[] { 2f, 1, 3 }));
                },
            });
    }

    [SkippableFact]
    public void Targets_that_are_not_known_are_masked_as_in_PyTorch()
    {
        float[] logits = [0.5f, -1.25f, 2f, 0.75f, -0.5f, 1.5f], targets = [1, float.NaN, 0, float.NaN, float.NaN, 1];
        var expected = PythonReference.RunCode("""
            import torch, torch.nn.functional as F
            nan = float("nan")
            logits = torch.tensor([[0.5, -1.25, 2], [0.75, -0.5, 1.5]], requires_grad=True)
            targets = torch.tensor([[1, nan, 0], [nan, nan, 1]])
            known = ~targets.isnan()
            losses = F.binary_cross_entropy_with_logits(
                logits, targets.nan_to_num(0), weight=torch.tensor([1, 0.5, 2]), pos_weight=torch.tensor([2.0, 1, 3]), reduction="none")
            loss = losses[known].mean()
            loss.backward()
            print(loss.item(), *logits.grad.flatten().tolist())
            """).Split(' ').Select(value => float.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        using var scores = tensor(logits, [2, 3], requires_grad: true);
        using var wanted = tensor(targets, [2, 3]);
        using var none = torch.full(2, 3, float.NaN);
        var settings = new TrainingLoss { ClassWeights = [1, 0.5f, 2], PositiveWeights = [2, 1, 3] };

        using var loss = settings.Compute(scores, wanted);
        loss.backward();

        scores.grad!.data<float>().Prepend(loss.item<float>()).Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6f);
        settings.Compute(scores, none).item<float>().Should().Be(0, "nothing is known, and nothing is learned");
    }

    [SkippableFact]
    public void Frozen_features_stay_as_they_were_statistics_and_all() =>
        Compare(
            Data(),
            model =>
            {
                model.FreezeFeatures();
                return new Trainer(model, Sgd(model));
            },
            (network, optimizer) => new ReferenceTraining(network, optimizer),
            isTrained: name => !name.StartsWith("features.", StringComparison.Ordinal));

    [SkippableFact]
    public void Features_can_be_frozen_in_part() =>
        Compare(
            Data(),
            model =>
            {
                model.FreezeFeatures().Unfreeze(
                    "features.denseblock2", "features.transition2", "features.denseblock3", "features.transition3", "features.denseblock4",
                    "features.norm5");
                return new Trainer(model, Sgd(model));
            },
            (network, optimizer) => new ReferenceTraining(network, optimizer),
            isTrained: name => !new[] { "features.conv0", "features.norm0", "features.denseblock1", "features.transition1" }
                .Any(module => name.StartsWith(module, StringComparison.Ordinal)));

    [SkippableFact]
    public void A_loss_that_is_no_number_stops_before_the_weights()
    {
        using var model = Model();
        var trainer = new Trainer(model, Sgd(model));
        trainer.EnterTraining();
        var before = model.Classifier.weight.data<float>().ToArray();
        using var batch = new ImageLoader(Data(), Preset) { Options = new() { BatchSize = 4 } }.EvaluationBatches().First();
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
        using var batch = small.EvaluationBatches().Single();

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

    [Fact]
    public void A_decay_that_warms_up_is_TensorFlows_until_it_is_the_decay()
    {
        using var model = Networks.Create("tiny");
        using var average = new WeightAverage(model, decay: 0.3) { WarmsUp = true };
        var expected = 0.0;
        for (var update = 0; update < 8; update++)
        {
            using (torch.no_grad())
            {
                model.Classifier.bias!.fill_(update + 1);
            }

            average.Update(model);
            // tf.train.ExponentialMovingAverage: min(decay, (1 + num_updates) / (10 + num_updates)); the first takes the weights.
            var decay = update == 0 ? 0 : Math.Min(0.3, (1.0 + update) / (10 + update));
            expected = (decay * expected) + ((1 - decay) * (update + 1));
            average.Model.Classifier.bias!.data<float>().ToArray().Should().OnlyContain(value => Math.Abs(value - expected) < 1e-5 * expected);
        }
    }

    private void Compare(
        ImageDataset data, Func<DenseNet, Trainer> make, Func<ScriptedNetwork, optim.Optimizer, ReferenceTraining> makeReference,
        Func<string, bool>? isTrained = null)
    {
        set_num_threads(Expectations.Threads);
        using var batches = Checkpoint.Open(reference["batches.pth"]);
        using var torchvision = new ScriptedNetwork(reference["network.pt"]);
        torchvision.Freeze(isTrained ?? (_ => true));
        var theirs = makeReference(torchvision, Sgd(torchvision.Parameters.Select(entry => entry.Parameter)));
        using var model = Model();
        var trainer = make(model);
        var loader = new ImageLoader(data, Preset) { Options = new() { BatchSize = 5 } };
        for (var epoch = 0; epoch < 2; epoch++)
        {
            var losses = new List<float>();
            trainer.EnterTraining();
            foreach (var batch in loader.TrainingBatches(seed: 20, epoch))
            {
                using (batch)
                {
                    losses.Add(trainer.Train(batch));
                }
            }

            trainer.Finish();
            losses.Should().HaveCount(loader.BatchesPerEpoch);
            losses.ShouldHaveBitsOf(theirs.Epoch(batches.Batches(epoch)));
        }

        trainer.Steps.Should().Be(2 * ((loader.BatchesPerEpoch + trainer.AccumulationSteps - 1) / trainer.AccumulationSteps));
        model.StateShouldBe(torchvision.State);
    }

    private static optim.Optimizer Sgd(DenseNet model) => Sgd(model.parameters());

    private static optim.Optimizer Sgd(IEnumerable<Parameter> parameters) => optim.SGD(
        parameters.Where(parameter => parameter.requires_grad), 0.01, momentum: 0.9, weight_decay: 1e-4, nesterov: true);

    private DenseNet Model()
    {
        var model = new DenseNet(Networks.Tiny with { NumClasses = 3 });
        model.LoadCheckpoint(reference["initial.pth"]);
        return model;
    }

    private ImageDataset Data() => ImageFolder.Load(reference["images"]);
}
