using DenseNetSharp.Checkpoints;
using DenseNetSharp.Training;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>Whole runs beside PyTorch's: losses and accuracies of every epoch, and the weights at the end.</summary>
public sealed class FineTunerParityTests(FineTunerRuns runs) : IClassFixture<FineTunerRuns>
{
    [SkippableFact]
    public void Groups_with_rates_and_decays_of_their_own_a_cosine_and_averaged_weights_train_as_in_PyTorch()
    {
        var folder = Compare("sgd", FineTunerRuns.Options with
        {
            Optimizer = new OptimizerSettings { LearningRate = 0.05, Nesterov = true, WeightDecay = 1e-3, DecayNormsAndBiases = false },
            Schedule = new CosineSchedule(),
            Stages = [new() { Modules = ["features"], LearningRateFactor = 0.1 }, new() { Modules = ["classifier"] }],
            AverageDecay = 0.9,
        });

        using var average = DenseNetFactory.FromCheckpoint(Path.Combine(folder, "last.pth"));
        using var expected = Checkpoint.Open(runs.Reference("sgd-average.pth"));
        if (Expectations.SameLibTorch)
        {
            average.StateShouldBe(expected);
        }
    }

    [SkippableFact]
    public void One_cycle_with_AdamW_and_its_changing_beta_trains_as_in_PyTorch() => Compare("one-cycle", FineTunerRuns.Options with
    {
        Optimizer = new OptimizerSettings { Kind = OptimizerKind.AdamW, LearningRate = 0.01, WeightDecay = 0.05 },
        Schedule = new OneCycleSchedule(),
    });

    [SkippableFact]
    public void Stages_are_frozen_and_then_trained_as_in_PyTorch() => Compare("stages", FineTunerRuns.Options with
    {
        Optimizer = new OptimizerSettings { Kind = OptimizerKind.Adam, LearningRate = 0.01, WeightDecay = 0 },
        Stages =
        [
            new() { Modules = ["classifier"] },
            new() { Modules = ["features.denseblock4", "features.norm5"], FromEpoch = 1, LearningRateFactor = 0.5 },
        ],
        FeatureCaching = FeatureCaching.None,
    });

    [SkippableFact]
    public void Mixed_images_train_as_with_torchvisions_RandomMixup() => Compare("mixup", FineTunerRuns.Options with
    {
        MixupAlpha = FineTunerRuns.MixupAlpha,
    });

    [SkippableFact]
    public void Bfloat16_with_float32_copies_trains_as_in_PyTorch_and_leaves_float32() =>
        Compare("bfloat16", FineTunerRuns.Options with { BFloat16 = true });

    /// <returns>The run's folder.</returns>
    private string Compare(string name, FineTuningOptions options)
    {
        set_num_threads(Expectations.Threads);
        using var model = runs.Model();
        var folder = runs.New();
        var result = runs.Tuner(model, folder, options).Run();

        using var figures = Checkpoint.Open(runs.Reference($"{name}-figures.pth"));
        var columns = (int)figures.Tensors["figures"].Shape[1];
        var values = new double[FineTunerRuns.Epochs * columns];
        figures.Tensors["figures"].CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        foreach (var (epoch, record) in result.Epochs.Index())
        {
            var expected = values.AsSpan(epoch * columns, columns);
            if (!Expectations.SameLibTorch)
            {
                // Another libtorch's last bits grow from step to step.
                record.TrainingLoss.Should().BeApproximately(expected[0], 0.05);
                break;
            }

            record.TrainingLoss.Should().Be(expected[0], "epoch {0} trains to it", epoch);
            if (columns > 1)
            {
                // Sums of double terms in another order.
                record.ValidationLoss.Should().BeApproximately(expected[1], 1e-6);
                record.Metric("accuracy").Should().BeApproximately(expected[2], 1e-9);
            }
        }

        if (Expectations.SameLibTorch)
        {
            using var expected = Checkpoint.Open(runs.Reference($"{name}.pth"));
            model.StateShouldBe(expected);
        }

        return folder;
    }
}
