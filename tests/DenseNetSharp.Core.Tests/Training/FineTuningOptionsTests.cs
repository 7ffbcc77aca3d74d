using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

public sealed class FineTuningOptionsTests
{
    [Fact]
    public void Options_of_the_same_values_are_equal_and_of_others_are_not()
    {
        FineTuningOptions first = Filled(), second = Filled();

        second.Should().Be(first);
        second.GetHashCode().Should().Be(first.GetHashCode());
        (second with { ClassWeights = [1, 3] }).Should().NotBe(first);
        (second with { Stages = [] }).Should().NotBe(first);
    }

    [Fact]
    public void A_warm_up_of_epochs_becomes_one_of_steps()
    {
        var options = new FineTuningOptions { Epochs = 10, WarmupEpochs = 1.5 };

        options.ScheduleFor(stepsPerEpoch: 7).WarmupSteps.Should().Be(10);
        ((Action)(() => (options with { WarmupEpochs = 10 }).ScheduleFor(7))).Should().Throw<ArgumentException>().WithMessage("*70 steps*70*");
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Impossible_values_are_refused_by_name(Func<object> make, string message) =>
        make.Should().Throw<ArgumentException>().WithMessage(message);

    public static TheoryData<Func<object>, string> Impossible => new()
    {
        { () => new FineTuningOptions { Epochs = 0 }, "*Epochs must be at least 1*" },
        { () => new FineTuningOptions { BatchSize = 0 }, "*BatchSize must be at least 1*" },
        { () => new FineTuningOptions { AccumulationSteps = -1 }, "*AccumulationSteps must be at least 1*" },
        { () => new FineTuningOptions { Patience = 0 }, "*Patience must be at least 1*" },
        { () => new FineTuningOptions { SaveEveryBatches = 0 }, "*SaveEveryBatches must be at least 1*" },
        { () => new FineTuningOptions { LabelSmoothing = 1 }, "*Label smoothing*below 1*" },
        { () => new FineTuningOptions { MixupAlpha = double.NaN }, "*alpha*" },
        { () => new FineTuningOptions { MaxGradientNorm = 0 }, "*length must be positive*" },
        { () => new FineTuningOptions { AverageDecay = 1 }, "*AverageDecay*below 1*" },
        { () => new FineTuningOptions { WarmupEpochs = -1 }, "*0 epochs or more*" },
        { () => new FineTuningOptions { ClassWeights = [1, -1] }, "*ClassWeights must be finite and not negative*" },
        { () => new FineTuningOptions { PositiveWeights = [float.NaN] }, "*PositiveWeights must be finite and not negative*" },
        { () => new OptimizerSettings { LearningRate = -1 }, "*learning rate is finite and not negative*" },
        { () => new OptimizerSettings { Momentum = 1 }, "*Momentum is at least 0 and below 1*" },
        { () => new OptimizerSettings { WeightDecay = double.PositiveInfinity }, "*Weight decay is finite*" },
        { () => new FineTuningOptions { Metric = "" }, "*metric has a name*" },
        { () => new PlateauSchedule { Factor = 1 }, "*Factor is above 0 and below 1*" },
        { () => new PlateauSchedule { Patience = -1 }, "*Patience is 0 or more*" },
        { () => new PlateauSchedule { Threshold = double.NaN }, "*Threshold is finite and not negative*" },
        { () => new PlateauSchedule { Cooldown = -1 }, "*Cooldown is 0 or more*" },
        { () => new PlateauSchedule { MinimumRate = -1 }, "*learning rate is finite and not negative*" },
        { () => new TrainingStage { Modules = [] }, "*one module or more*" },
        { () => new TrainingStage { Modules = ["classifier"], FromEpoch = -1 }, "*FromEpoch*" },
    };

    private static FineTuningOptions Filled() => new()
    {
        ClassWeights = [1, 2],
        Stages = [new() { Modules = ["classifier"], FromEpoch = 2 }],
        Schedule = new MilestoneSchedule { Epochs = [3, 5] },
    };
}
