using DenseNetSharp.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>Whole runs beside torchvision's network on the same libtorch: losses and accuracies of every epoch, and the weights at the
/// end.</summary>
public sealed class FineTunerParityTests(FineTunerRuns runs) : IClassFixture<FineTunerRuns>
{
    [SkippableFact]
    public void Groups_with_rates_and_decays_of_their_own_a_cosine_and_averaged_weights_train_as_in_PyTorch()
    {
        using var theirs = new ReferenceRun(runs, "network.pt", "sgd", groups => Sgd(groups, nesterov: true)) { AverageDecay = 0.9 };
        var folder = Compare(theirs, FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { LearningRate = 0.05, Nesterov = true, WeightDecay = 1e-3, DecayNormsAndBiases = false },
            Schedule = new CosineSchedule(),
            Stages = [new() { Modules = ["features"], LearningRateFactor = 0.1 }, new() { Modules = ["classifier"] }],
            AverageDecay = 0.9,
        });

        using var average = DenseNetFactory.FromCheckpoint(Path.Combine(folder, "last.pth"));
        average.StateShouldBe(theirs.Average);
    }

    [SkippableFact]
    public void One_cycle_with_AdamW_and_its_changing_beta_trains_as_in_PyTorch()
    {
        using var theirs = new ReferenceRun(runs, "network.pt", "one-cycle", groups => optim.AdamW(
            groups.Select(group => new AdamW.ParamGroup([group.Parameter], 0.01, weight_decay: group.Decay)), 0.01));
        Compare(theirs, FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.AdamW, LearningRate = 0.01, WeightDecay = 0.05 },
            Schedule = new OneCycleSchedule(),
        });
    }

    [SkippableFact]
    public void Stages_are_frozen_and_then_trained_as_in_PyTorch()
    {
        using var theirs = new ReferenceRun(runs, "network.pt", "stages", groups => optim.Adam(
            groups.Select(group => new Adam.ParamGroup([group.Parameter], 0.01, weight_decay: group.Decay)), 0.01))
        {
            IsTrained = (epoch, name) => name.StartsWith("classifier.", StringComparison.Ordinal)
                || (epoch >= 1 && (name.StartsWith("features.denseblock4.", StringComparison.Ordinal) || name.StartsWith("features.norm5.", StringComparison.Ordinal))),
        };
        Compare(theirs, FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 0.01, WeightDecay = 0 },
            Stages =
            [
                new() { Modules = ["classifier"] },
                new() { Modules = ["features.denseblock4", "features.norm5"], FromEpoch = 1, LearningRateFactor = 0.5 },
            ],
            FeatureCaching = FeatureCaching.None,
        });
    }

    [SkippableFact]
    public void Mixed_images_train_as_with_torchvisions_RandomMixup()
    {
        using var theirs = new ReferenceRun(runs, "network.pt", "constant", groups => Sgd(groups, nesterov: false))
        {
            Share = batch => Mixup.Share(FineTunerRuns.MixupAlpha, FineTunerRuns.Seed, batch / FineTunerRuns.Batches, batch % FineTunerRuns.Batches),
        };
        Compare(theirs, FineTunerRuns.Options with { MixupAlpha = FineTunerRuns.MixupAlpha });
    }

    [SkippableFact]
    public void Bfloat16_with_float32_copies_trains_as_in_PyTorch_and_leaves_float32()
    {
        using var theirs = new ReferenceRun(runs, "bfloat16.pt", "constant", groups => Sgd(groups, nesterov: false));
        // Evaluation is the float32 copies' here.
        Compare(theirs, FineTunerRuns.Options with { BFloat16 = true }, comparesValidation: false);
    }

    private static optim.Optimizer Sgd(IEnumerable<(Parameter Parameter, double Decay)> groups, bool nesterov) => optim.SGD(
        groups.Select(group => new SGD.ParamGroup([group.Parameter], 0.05, 0.9, weight_decay: group.Decay, nesterov: nesterov)),
        0.05, 0.9, nesterov: nesterov);

    /// <returns>The run's folder.</returns>
    private string Compare(ReferenceRun theirs, FineTuningOptions options, bool comparesValidation = true)
    {
        set_num_threads(Expectations.Threads);
        using var model = runs.Model();
        var folder = runs.New();
        var result = runs.Tuner(model, folder, options).Run();
        var expected = theirs.Run();

        result.Epochs.Should().HaveCount(expected.Count);
        foreach (var ((trainingLoss, validationLoss, accuracy), record) in expected.Zip(result.Epochs))
        {
            record.TrainingLoss.Should().Be(trainingLoss, "epoch {0} trains to it", record.Epoch);
            if (comparesValidation)
            {
                // Sums of double terms in another order.
                record.ValidationLoss.Should().BeApproximately(validationLoss, 1e-6);
                record.Metric("accuracy").Should().BeApproximately(accuracy, 1e-9);
            }
        }

        model.StateShouldBe(theirs.Weights);
        return folder;
    }
}
