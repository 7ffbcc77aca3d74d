using System.Text.Json.Serialization;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Training;

/// <summary>
/// How a network is fine-tuned, or trained from scratch. Data only: <c>run.json</c> carries it, and two options of the same
/// values are equal.
/// </summary>
/// <remarks>The defaults are for pretrained networks: SGD with momentum, weight decay 1e-4, a cosine schedule, nothing frozen.
/// <see cref="TrainingRecipe"/> has others by name.</remarks>
public sealed record FineTuningOptions
{
    private readonly ValueList<TrainingStage> _stages = new([]);
    private readonly ValueList<float>? _classWeights;
    private readonly ValueList<float>? _positiveWeights;

    /// <summary>Passes over the training images, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int Epochs
    {
        get;
        init => field = AtLeastOne(value, nameof(Epochs));
    } = 10;

    /// <summary>Images a forward pass, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int BatchSize
    {
        get;
        init => field = AtLeastOne(value, nameof(BatchSize));
    } = 32;

    /// <summary>Decides the order of the images, their augmentation, mixing and dropout. Initial weights are the caller's
    /// (<c>torch.manual_seed</c> before the network is made).</summary>
    [JsonRequired]
    public long Seed { get; init; }

    /// <summary>The optimizer.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    [JsonRequired]
    public OptimizerSettings Optimizer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = new();

    /// <summary>How the learning rate changes from step to step.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    [JsonRequired]
    public LearningRateSchedule Schedule
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Schedule));
    } = new CosineSchedule();

    /// <summary>Epochs, also parts of one, over which the rate first rises from <see cref="LearningRateSchedule.WarmupStartFactor"/>;
    /// 0 for the schedule's own <see cref="LearningRateSchedule.WarmupSteps"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    [JsonRequired]
    public double WarmupEpochs
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WarmupEpochs), value, "A warm-up has 0 epochs or more.");
    }

    /// <summary>Which parts are trained from when on and how fast; none for everything from the start. Of two stages that
    /// name a part, the one with the longer name decides; what none names stays frozen.</summary>
    [JsonRequired]
    public IReadOnlyList<TrainingStage> Stages
    {
        get => _stages;
        init => _stages = new ValueList<TrainingStage>(value ?? throw new ArgumentNullException(nameof(Stages)));
    }

    /// <summary>Which images each epoch has.</summary>
    public TrainingSampler Sampler { get; init; }

    /// <summary>How training images are changed at random.</summary>
    [JsonRequired]
    public TrainingAugmentation Augmentation { get; init; }

    /// <summary>How much of each target is spread over all classes, from 0 to less than 1. Only where classes exclude each
    /// other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double LabelSmoothing
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, "Label smoothing is at least 0 and below 1.");
    }

    /// <summary>A weight a class in the loss, finite and not negative; null for none.</summary>
    [JsonRequired]
    public IReadOnlyList<float>? ClassWeights
    {
        get => _classWeights;
        init => _classWeights = Weights(value, nameof(ClassWeights));
    }

    /// <summary>How much more a positive counts than a negative, one value a class; null for none. Only where classes do not
    /// exclude each other.</summary>
    [JsonRequired]
    public IReadOnlyList<float>? PositiveWeights
    {
        get => _positiveWeights;
        init => _positiveWeights = Weights(value, nameof(PositiveWeights));
    }

    /// <summary>Mixup's alpha (https://arxiv.org/abs/1710.09412): pairs of images are mixed in shares drawn from
    /// Beta(alpha, alpha); 0 for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    [JsonRequired]
    public double MixupAlpha
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MixupAlpha), value, "Mixup's alpha is finite and not negative.");
    }

    /// <summary>Batches whose gradients are averaged into one step, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int AccumulationSteps
    {
        get;
        init => field = AtLeastOne(value, nameof(AccumulationSteps));
    } = 1;

    /// <summary>The length that all gradients together are cut to before a step; null for none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero, negative or not finite.</exception>
    [JsonRequired]
    public double? MaxGradientNorm
    {
        get;
        init => field = value is null or > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxGradientNorm), value, "A length must be positive.");
    }

    /// <summary>How much of the weights' exponential moving average stays at each step, at least 0 and below 1; null for no
    /// average. With one, it is what is validated and saved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The decay is negative, 1 or more, or no number.</exception>
    [JsonRequired]
    public double? AverageDecay
    {
        get;
        init => field = value is null ? null : ScheduleValue.Momentum(value.Value, nameof(AverageDecay));
    }

    /// <summary>The figure of the images held out that chooses the best epoch, and that patience and a <see cref="PlateauSchedule"/>
    /// follow: a name of <see cref="Metrics.EvaluationMetric"/>, such as <c>f1</c>. Null for accuracy, or the mean area under the ROC
    /// curves where classes do not exclude each other; of equal ones the lower loss is the better.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public string? Metric
    {
        get;
        init => field = value is null or { Length: > 0 } ? value : throw new ArgumentException("A metric has a name.", nameof(Metric));
    }

    /// <summary>How many epochs in a row may bring no improvement before the run ends early; null for no end but the last
    /// epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int? Patience
    {
        get;
        init => field = value is null ? null : AtLeastOne(value.Value, nameof(Patience));
    }

    /// <summary>Where the outputs of frozen features are kept. They are computed once as long as everything but the classifier
    /// is frozen, nothing augments or mixes the images, and the network has no dropout.</summary>
    [JsonRequired]
    public FeatureCaching FeatureCaching { get; init; } = FeatureCaching.Memory;

    /// <summary>Whether convolutions and classifier compute in bfloat16. The optimizer changes float32 copies of their
    /// weights, and those are what is saved; batch norms stay float32.</summary>
    [JsonRequired]
    public bool BFloat16 { get; init; }

    /// <summary>Batches between two saves of the run's state within an epoch; null for the ends of epochs only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    [JsonRequired]
    public int? SaveEveryBatches
    {
        get;
        init => field = value is null ? null : AtLeastOne(value.Value, nameof(SaveEveryBatches));
    }

    /// <summary>The schedule with its warm-up in steps.</summary>
    /// <param name="stepsPerEpoch">The optimizer's steps an epoch, at least 1.</param>
    /// <exception cref="ArgumentException">The warm-up leaves nothing of the run; the message says how long both are.</exception>
    public LearningRateSchedule ScheduleFor(long stepsPerEpoch)
    {
        var length = TrainingLength.OfEpochs(Epochs, stepsPerEpoch);
        var schedule = WarmupEpochs == 0
            ? Schedule
            : Schedule with { WarmupSteps = (long)Math.Min(Math.Round(WarmupEpochs * stepsPerEpoch), long.MaxValue / 2) };
        schedule.CheckFits(length);
        return schedule;
    }

    private static int AtLeastOne(int value, string name) =>
        value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least 1.");

    private static ValueList<float>? Weights(IReadOnlyList<float>? values, string name) => values switch
    {
        null => null,
        _ when values.All(value => value >= 0 && float.IsFinite(value)) => new ValueList<float>(values),
        _ => throw new ArgumentException($"{name} must be finite and not negative.", name),
    };
}
