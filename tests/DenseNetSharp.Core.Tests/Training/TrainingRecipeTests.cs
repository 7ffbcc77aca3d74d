using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

/// <summary>Expected values come from the paper's section 4.2 and from the defaults of timm's train.py.</summary>
public sealed class TrainingRecipeTests
{
    [Fact]
    public void The_papers_ImageNet_recipe_is_the_papers()
    {
        var options = TrainingRecipe.Get("paper-imagenet").ToOptions();

        (options.Epochs, options.BatchSize, options.Augmentation).Should().Be((90, 256, TrainingAugmentation.Crop));
        options.Optimizer.Should().Be(new OptimizerSettings { LearningRate = 0.1, Momentum = 0.9, Nesterov = true, WeightDecay = 1e-4 });
        Rates(options, 0, 29, 30, 59, 60, 89).Should().Equal([0.1, 0.1, 0.01, 0.01, 0.001, 0.001], Near);
    }

    [Fact]
    public void The_papers_CIFAR_recipe_is_the_papers()
    {
        var options = TrainingRecipe.PaperCifar.ToOptions();

        (options.Epochs, options.BatchSize, options.Augmentation).Should().Be((300, 64, TrainingAugmentation.Shift));
        Rates(options, 0, 149, 150, 224, 225, 299).Should().Equal([0.1, 0.1, 0.01, 0.01, 0.001, 0.001], Near);
    }

    [Fact]
    public void Timms_recipe_has_the_defaults_of_its_training_script()
    {
        var options = TrainingRecipe.Get("TIMM").ToOptions();

        (options.Epochs, options.BatchSize, options.LabelSmoothing, options.WarmupEpochs).Should().Be((300, 128, 0.1, 5));
        (options.Optimizer.LearningRate, options.Optimizer.WeightDecay, options.Optimizer.DecayNormsAndBiases).Should().Be((0.05, 2e-5, false));
        Rates(options, 0, 5).Should().Equal([1e-5, 0.05], Near);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    public void Every_recipe_fits_a_run_of_any_length(int epochs)
    {
        foreach (var recipe in TrainingRecipe.All)
        {
            var options = recipe.ToOptions(epochs);
            options.Epochs.Should().Be(epochs);
            options.ScheduleFor(stepsPerEpoch: 3).CheckFits(TrainingLength.OfEpochs(epochs, 3));
        }

        Rates(TrainingRecipe.PaperCifar.ToOptions(30), 14, 15, 23).Should().Equal([0.1, 0.01, 0.001], Near);
    }

    [Fact]
    public void An_unknown_recipe_is_refused_with_the_known_ones() =>
        ((Action)(() => TrainingRecipe.Get("secret"))).Should().Throw<ArgumentException>()
            .WithMessage("*'secret'*finetune, paper-imagenet, paper-cifar, timm*");

    private static double[] Rates(FineTuningOptions options, params int[] epochs)
    {
        var schedule = options.ScheduleFor(stepsPerEpoch: 10);
        var length = TrainingLength.OfEpochs(options.Epochs, 10);
        return [.. epochs.Select(epoch => schedule.RateAt(options.Optimizer.LearningRate, epoch * 10, length))];
    }

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) < 1e-3 * expected;
}
