using System.CommandLine;
using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options that say how <c>finetune</c> trains. What is not given is the recipe's, or the continued run's.
/// </summary>
internal sealed class TrainingOptions
{
    /// <summary>PyTorch's default for Adam and AdamW; SGD's rates are too high for them.</summary>
    private const double AdamsLearningRate = 1e-3;

    private const string Float32 = "float32", BFloat16 = "bfloat16";

    private static readonly Dictionary<string, OptimizerKind> Optimizers = new()
    {
        ["sgd"] = OptimizerKind.Sgd,
        ["adam"] = OptimizerKind.Adam,
        ["adamw"] = OptimizerKind.AdamW,
    };

    private static readonly Dictionary<string, TrainingAugmentation> Augmentations = new()
    {
        ["none"] = TrainingAugmentation.None,
        ["flip"] = TrainingAugmentation.Flip,
        ["crop"] = TrainingAugmentation.Crop,
        ["shift"] = TrainingAugmentation.Shift,
        ["jitter"] = TrainingAugmentation.CropAndJitter,
    };

    private static readonly Dictionary<string, FeatureCaching> Caches = new()
    {
        ["memory"] = FeatureCaching.Memory,
        ["disk"] = FeatureCaching.Disk,
        ["none"] = FeatureCaching.None,
    };

    private readonly Option<string?> _recipe = CheckedOption.Choice(
        "--recipe",
        $"where what is not given comes from: {string.Join("; ", TrainingRecipe.All.Select(recipe => $"{recipe.Name} ({recipe.Description})"))}",
        [.. TrainingRecipe.All.Select(recipe => recipe.Name)]);

    private readonly Option<int?> _epochs = CheckedOption.OptionalCount("--epochs", "passes over the training images");
    private readonly Option<int?> _batchSize = CheckedOption.OptionalCount("--batch-size", "images a forward pass", most: 65536);
    private readonly Option<long?> _seed = new("--seed")
    {
        Description = "decides which images are held out, their order, all that is random in training, and new weights; 0 if not given",
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                result.AddError($"--seed is {text}; it must be a whole number from 0 to {long.MaxValue}.");
            }

            return value;
        },
    };

    private readonly Option<string?> _optimizer = CheckedOption.Choice(
        "--optimizer", "what makes the steps; adam and adamw at a learning rate of 0.001 unless --lr says another", [.. Optimizers.Keys]);

    private readonly Option<double?> _rate = CheckedOption.Number("--lr", "X", "the learning rate", x => x > 0, "above 0");
    private readonly Option<double?> _momentum = CheckedOption.Number(
        "--momentum", "X", "SGD's momentum, Adam's first beta", x => x is >= 0 and < 1, "at least 0 and below 1");

    private readonly Option<bool?> _nesterov = new("--nesterov") { Description = "SGD's momentum looks ahead" };
    private readonly Option<double?> _decay = NotNegative("--weight-decay", "X", "the weight decay");
    private readonly Option<string?> _schedule = CheckedOption.Choice(
        "--schedule",
        "how the learning rate changes; step: a tenth after each third of the epochs; plateau: a tenth where the metric improves no more",
        [.. ScheduleChoice.Names]);

    private readonly Option<double?> _warmup = NotNegative("--warmup", "EPOCHS", "epochs, also parts of one, over which the learning rate rises first");
    private readonly Option<string?> _augment = CheckedOption.Choice(
        "--augment",
        "how training images are changed at random: mirrored (flip), cropped and resized too (crop), "
        + "shifted instead (shift), or cropped with their colours changed (jitter)",
        [.. Augmentations.Keys]);

    private readonly Option<double?> _smoothing = CheckedOption.Number(
        "--label-smoothing", "X", "how much of each target is spread over all classes", x => x is >= 0 and < 1, "at least 0 and below 1");

    private readonly Option<double?> _mixup = NotNegative("--mixup", "ALPHA", "mixes pairs of images in shares drawn from Beta(ALPHA, ALPHA)");
    private readonly Option<bool> _balance = new("--balance") { Description = "rare classes count more in the loss" };
    private readonly Option<int?> _accumulate = CheckedOption.OptionalCount("--accumulate", "batches whose gradients make one step");
    private readonly Option<double?> _clip = CheckedOption.Number(
        "--clip", "X", "the length that all gradients together are cut to", x => x > 0, "above 0");

    private readonly Option<double?> _average = CheckedOption.Number(
        "--ema", "DECAY", "validate and save an exponential moving average of the weights", x => x is >= 0 and < 1, "at least 0 and below 1");

    private readonly Option<int?> _patience = CheckedOption.OptionalCount("--patience", "epochs without improvement after which the run ends");
    private readonly Option<bool?> _freeze = new("--freeze") { Description = "train the classifier only" };
    private readonly Option<TrainingStage[]> _unfreeze = new("--unfreeze")
    {
        Description = "freeze, but train these modules too from that epoch on (counted from 1), at a factor of the learning rate; may be repeated",
        HelpName = "EPOCH:MODULE[,MODULE...][:FACTOR]",
        CustomParser = StageArgument.Parse,
    };

    private readonly Option<string?> _cache = CheckedOption.Choice(
        "--cache", "where the outputs of frozen features are kept, so that they are computed once", [.. Caches.Keys]);

    private readonly Option<string?> _dtype = CheckedOption.Choice(
        "--dtype", "what convolutions and classifier compute in; bfloat16 keeps float32 copies of their weights", Float32, BFloat16);

    private readonly Option<int?> _saveEvery = CheckedOption.OptionalCount(
        "--save-every", "batches between two saves of the run's state; otherwise it is saved after each epoch");

    private readonly PlateauOptions _plateau;
    private readonly ChoiceOptions _choice;

    public TrainingOptions(Command command)
    {
        foreach (var option in new Option[]
        {
            _recipe, _epochs, _batchSize, _seed, _optimizer, _rate, _momentum, _nesterov, _decay, _schedule, _warmup, _augment, _smoothing, _mixup,
            _balance, _accumulate, _clip, _average, _patience, _freeze, _unfreeze, _cache, _dtype, _saveEvery,
        })
        {
            command.Options.Add(option);
        }

        _plateau = new PlateauOptions(command);
        _choice = new ChoiceOptions(command);
    }

    /// <summary>Whether rare classes are to count more.</summary>
    public bool IsBalanced(ParseResult arguments) => arguments.GetValue(_balance);

    /// <summary>The recipe's name.</summary>
    public string RecipeOf(ParseResult arguments, EarlierRun? earlier)
    {
        var (given, before) = (arguments.GetValue(_recipe), earlier?.Notes.GetValueOrDefault(RunNotes.Recipe));
        earlier?.RequireSame("--recipe", given, before);
        return given ?? before ?? TrainingRecipe.FineTune.Name;
    }

    /// <summary>How a command line trains.</summary>
    public FineTuningOptions Of(ParseResult arguments, EarlierRun? earlier, ClassificationTask task)
    {
        var epochs = arguments.GetValue(_epochs);
        var start = earlier?.Options ?? TrainingRecipe.Get(RecipeOf(arguments, earlier)).ToOptions(epochs);
        var options = start with
        {
            Epochs = epochs ?? start.Epochs,
            BatchSize = arguments.GetValue(_batchSize) ?? start.BatchSize,
            Seed = arguments.GetValue(_seed) ?? start.Seed,
            Optimizer = OptimizerOf(arguments, start.Optimizer),
            WarmupEpochs = arguments.GetValue(_warmup) ?? start.WarmupEpochs,
            Augmentation = arguments.GetValue(_augment) is { } augmentation ? Augmentations[augmentation] : start.Augmentation,
            LabelSmoothing = SmoothingOf(arguments, start.LabelSmoothing, task),
            MixupAlpha = arguments.GetValue(_mixup) ?? start.MixupAlpha,
            AccumulationSteps = arguments.GetValue(_accumulate) ?? start.AccumulationSteps,
            MaxGradientNorm = arguments.GetValue(_clip) ?? start.MaxGradientNorm,
            AverageDecay = arguments.GetValue(_average) ?? start.AverageDecay,
            Patience = arguments.GetValue(_patience) ?? start.Patience,
            FeatureCaching = arguments.GetValue(_cache) is { } cache ? Caches[cache] : start.FeatureCaching,
            BFloat16 = arguments.GetValue(_dtype) is { } dtype ? dtype == BFloat16 : start.BFloat16,
            SaveEveryBatches = arguments.GetValue(_saveEvery) ?? start.SaveEveryBatches,
        };
        if (options.WarmupEpochs > 0 && options.WarmupEpochs >= options.Epochs)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture,
                $"The warm-up of {options.WarmupEpochs} epochs (--warmup) must be shorter than the run's {options.Epochs} (--epochs)."));
        }

        var schedule = arguments.GetValue(_schedule) is { } name
            ? ScheduleChoice.Of(name, start.Schedule, options.Epochs, isMomentumGiven: arguments.GetValue(_momentum) is not null)
            : start.Schedule;
        return _choice.Apply(arguments, options, task) with
        {
            Schedule = _plateau.Apply(arguments, schedule),
            Stages = StagesOf(arguments, options.Epochs) ?? start.Stages,
        };
    }

    private OptimizerSettings OptimizerOf(ParseResult arguments, OptimizerSettings start)
    {
        var kind = arguments.GetValue(_optimizer) is { } name ? Optimizers[name] : start.Kind;
        var momentum = arguments.GetValue(_momentum) ?? start.Momentum;
        var canLookAhead = kind == OptimizerKind.Sgd && momentum > 0;
        if (arguments.GetValue(_nesterov) == true && !canLookAhead)
        {
            throw new UsageException("--nesterov is for SGD with momentum.");
        }

        return start with
        {
            Kind = kind,
            LearningRate = arguments.GetValue(_rate) ?? (kind == start.Kind ? start.LearningRate : AdamsLearningRate),
            Momentum = momentum,
            Nesterov = arguments.GetValue(_nesterov) ?? (start.Nesterov && canLookAhead),
            WeightDecay = arguments.GetValue(_decay) ?? start.WeightDecay,
        };
    }

    private double SmoothingOf(ParseResult arguments, double start, ClassificationTask task)
    {
        var given = arguments.GetValue(_smoothing);
        if (task == ClassificationTask.Multiclass)
        {
            return given ?? start;
        }

        // What a recipe smooths where classes exclude each other has no meaning here.
        return given is null or 0 ? 0 : throw new UsageException("--label-smoothing is for classes that exclude each other (--task multiclass).");
    }

    private TrainingStage[]? StagesOf(ParseResult arguments, int epochs)
    {
        var unfrozen = arguments.GetValue(_unfreeze) ?? [];
        if (unfrozen.FirstOrDefault(stage => stage.FromEpoch >= epochs) is { } late)
        {
            throw new UsageException($"--unfreeze names epoch {late.FromEpoch + 1}, but there are {epochs} (--epochs).");
        }

        string[] names = [.. unfrozen.SelectMany(stage => stage.Modules)];
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UsageException($"--unfreeze names {twice.Key} twice.");
        }

        const string classifier = "classifier";
        return (arguments.GetValue(_freeze), unfrozen.Length) switch
        {
            (false, > 0) => throw new UsageException("--unfreeze freezes what it does not name; leave out --freeze false."),
            (false, _) => [],
            (null, 0) => null,
            _ => names.Contains(classifier) ? unfrozen : [new TrainingStage { Modules = [classifier] }, .. unfrozen],
        };
    }

    private static Option<double?> NotNegative(string name, string helpName, string description) =>
        CheckedOption.Number(name, helpName, description, x => x >= 0, "0 or more");
}
