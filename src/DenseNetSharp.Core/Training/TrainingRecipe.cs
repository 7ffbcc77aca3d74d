namespace DenseNetSharp.Training;

/// <summary>Options with a name: what papers and other libraries train with.</summary>
public sealed class TrainingRecipe
{
    private readonly Func<int, FineTuningOptions> _options;

    private TrainingRecipe(string name, string description, int epochs, Func<int, FineTuningOptions> options)
    {
        (Name, Description, Epochs, _options) = (name, description, epochs, options);
    }

    /// <summary>For pretrained networks: SGD with momentum 0.9, rate 0.01, weight decay 1e-4, a cosine schedule.</summary>
    public static TrainingRecipe FineTune { get; } = new(
        "finetune", "pretrained networks: SGD, rate 0.01, cosine", 10, epochs => new FineTuningOptions { Epochs = epochs });

    /// <summary>The DenseNet paper's for ImageNet, from scratch: 90 epochs of batches of 256, rate 0.1, a tenth of it after
    /// each third (https://arxiv.org/abs/1608.06993, section 4.2).</summary>
    public static TrainingRecipe PaperImageNet { get; } = new(
        "paper-imagenet", "the paper's for ImageNet, from scratch", 90, epochs => Paper(epochs, 256, [1 / 3.0, 2 / 3.0]) with
        {
            Augmentation = TrainingAugmentation.Crop,
        });

    /// <summary>The DenseNet paper's for CIFAR, from scratch, of its own network densenet-bc-100-12: 300 epochs of batches of 64, rate
    /// 0.1, a tenth of it after a half and after three quarters (https://arxiv.org/abs/1608.06993, section 4.2).</summary>
    public static TrainingRecipe PaperCifar { get; } = new(
        "paper-cifar", "the paper's for CIFAR, from scratch", 300, epochs => Paper(epochs, 64, [0.5, 0.75]) with
        {
            Augmentation = TrainingAugmentation.Shift,
        })
    {
        Architecture = "densenet-bc-100-12",
    };

    /// <summary>The defaults of timm's <c>train.py</c>, from scratch: 300 epochs of batches of 128, SGD with Nesterov momentum,
    /// rate 0.05, five epochs of warm-up and a cosine, weight decay 2e-5 on convolutions and classifier only, label smoothing
    /// 0.1. timm changes the rate once an epoch, here it changes at every step.</summary>
    public static TrainingRecipe Timm { get; } = new(
        "timm", "timm's train.py, from scratch", 300, epochs => new FineTuningOptions
        {
            Epochs = epochs,
            BatchSize = 128,
            Optimizer = new OptimizerSettings
            {
                LearningRate = 0.05,
                Nesterov = true,
                WeightDecay = 2e-5,
                DecayNormsAndBiases = false,
            },
            // --warmup-lr 1e-5
            Schedule = new CosineSchedule { WarmupStartFactor = 1e-5 / 0.05 },
            // No more of a shortened run than of a whole one.
            WarmupEpochs = Math.Min(5, epochs / 60.0),
            LabelSmoothing = 0.1,
            Augmentation = TrainingAugmentation.CropAndJitter,
        });

    /// <summary>All recipes.</summary>
    public static IReadOnlyList<TrainingRecipe> All { get; } = [FineTune, PaperImageNet, PaperCifar, Timm];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What it is for, in a line.</summary>
    public string Description { get; }

    /// <summary>The name of the network that it is meant for, from random weights; null where that is anyone's choice.</summary>
    public string? Architecture { get; private init; }

    /// <summary>The epochs that it is meant for.</summary>
    public int Epochs { get; }

    /// <summary>Finds a recipe by its name.</summary>
    /// <param name="name">The name, in upper or lower case.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the known names.</exception>
    public static TrainingRecipe Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(recipe => recipe.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"There is no recipe '{name}'; known are {string.Join(", ", All.Select(recipe => recipe.Name))}.", nameof(name));
    }

    /// <summary>The recipe's options.</summary>
    /// <param name="epochs">How many epochs the run is to have; null for as many as the recipe is meant for. What the recipe
    /// does after a share of the run it then does after that share.</param>
    /// <returns>Options to train with, or to change with <c>with</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public FineTuningOptions ToOptions(int? epochs = null) => _options(epochs ?? Epochs);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static FineTuningOptions Paper(int epochs, int batchSize, double[] shares)
    {
        int[] milestones = [.. shares.Select(share => (int)Math.Round(share * epochs)).Where(epoch => epoch >= 1 && epoch < epochs).Distinct()];
        return new FineTuningOptions
        {
            Epochs = epochs,
            BatchSize = batchSize,
            Optimizer = new OptimizerSettings { LearningRate = 0.1, Nesterov = true },
            Schedule = milestones.Length > 0 ? new MilestoneSchedule { Epochs = milestones } : new ConstantSchedule(),
        };
    }
}
