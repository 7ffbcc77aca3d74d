using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Classification;

/// <summary>What a DenseNet's checkpoint and its run's description say together: everything that a classifier needs, but the
/// network's weights.</summary>
public sealed record DescribedCheckpoint
{
    private DescribedCheckpoint()
    {
    }

    /// <summary>The network that the checkpoint's shapes call for.</summary>
    public required DenseNetSpec Spec { get; init; }

    /// <summary>The run's description: the one beside the checkpoint, else the one inside; null where there is neither.</summary>
    public RunDescription? Description { get; internal init; }

    /// <summary>Where the description was found, for messages, such as <c>run.json beside run/best.pth</c>; null where there is
    /// none.</summary>
    public string? DescribedBy { get; private init; }

    /// <summary>How images are prepared: as the description says, else by the preset that is usual for the network (torchvision's
    /// ImageNet preset, timm's for a deep stem, CIFAR's for its own); made to fit a network of one channel or three
    /// (<see cref="ImagePreset.ForChannels"/>).</summary>
    public ImagePreset Preset => RunClassifier.PresetFor(Spec.InputChannels, Description, RunClassifier.UsualPreset(Spec));

    /// <summary>The classes' names: the description's, else the file's own (<c>classes</c>, <c>class_names</c>, <c>pathologies</c>,
    /// <c>class_to_idx</c>, or <c>id2label</c> of a <c>config.json</c> beside it) where there are as many as classes, else ImageNet's
    /// for a network of a thousand classes; null for none.</summary>
    public IReadOnlyList<string>? Labels { get; internal init; }

    /// <summary>What the outputs mean: as the caller says, else the description, else the file (torchxrayvision's <c>op_threshs</c>,
    /// a final <c>Sigmoid</c> in a whole module or TorchScript); else one output is a sigmoid's and several are a softmax's.</summary>
    public ClassificationTask Task { get; private init; }

    /// <summary>Where the task comes from, such as <c>the file's op_threshs</c>; null where nothing says so.</summary>
    public string? TaskSource { get; private init; }

    /// <summary>The probability from which on a class counts as found, one a class: the description's, else the file's
    /// <c>op_threshs</c>; null for 0.5 each.</summary>
    public IReadOnlyList<float>? Thresholds { get; internal init; }

    /// <summary>What the scores are divided by before softmax or sigmoid: the description's temperature where its task is the
    /// <see cref="Task"/>; else 1.</summary>
    public double Temperature { get; private init; } = 1;

    /// <summary>What the file itself gave, and what of it was left out, for whoever uses the results: a sentence's part each.</summary>
    public IReadOnlyList<string> Remarks { get; private init; } = [];

    /// <summary>The one of the <see cref="Remarks"/> that says where the file's own names come from; null where they are not the
    /// <see cref="Labels"/>.</summary>
    internal string? NamesRemark { get; private init; }

    /// <summary>Finds a checkpoint's description, and sees to it that the two belong together.</summary>
    /// <param name="checkpoint">The checkpoint; it stays the caller's, and is not needed afterwards.</param>
    /// <param name="task">What the outputs mean, if the caller knows; null for what the description or the file say.</param>
    /// <param name="featuresOnly">Whether the features are all that is wanted: a checkpoint without a classifier, or with a head that
    /// is none, will do then, and gives a network of no classes.</param>
    /// <param name="like">A network that is known to be of the checkpoint's kind, for what the file does not tell (see
    /// <see cref="DenseNetShapes"/>); null for none.</param>
    /// <returns>All of it.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is no DenseNet's, the description is none, or it speaks of another
    /// network or another number of classes: the message names both.</exception>
    /// <exception cref="IOException">The description cannot be read.</exception>
    public static DescribedCheckpoint Of(
        Checkpoint checkpoint, ClassificationTask? task = null, bool featuresOnly = false, DenseNetSpec? like = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var path = checkpoint.Path ?? "the checkpoint";
        var spec = featuresOnly ? FeaturesOf(checkpoint, like) : DenseNetSpec.Infer(checkpoint, like);
        var (description, describedBy) = FindDescription(checkpoint, path);
        if (description?.Architecture is { } architecture && architecture != spec.Name)
        {
            throw new InvalidDataException($"{describedBy} says {architecture}, but {path} is {spec.Name ?? "a DenseNet without a name"}.");
        }

        RequireOnePerClass(description?.ClassNames?.Count, "class names");
        RequireOnePerClass(description?.Thresholds?.Count, "thresholds");

        var remarks = new List<string>();
        var labels = description?.ClassNames;
        string? namesRemark = null;
        if (labels is null && spec.NumClasses > 0)
        {
            (labels, var about) = CheckpointFacts.FindNames(checkpoint, spec.NumClasses);
            namesRemark = labels is null ? null : about[0];
            labels ??= RunClassifier.DefaultLabels(spec.NumClasses);
            remarks.AddRange(about);
        }

        var inFile = CheckpointFacts.FindTask(checkpoint);
        var (known, source) = task is not null ? (task, "the caller")
            : description?.Task is { } described ? (described, describedBy)
            // Thresholds are those of classes with a probability each.
            : description?.Thresholds is not null ? (ClassificationTask.Multilabel, describedBy)
            : (inFile.Task, inFile.Source);
        if (source is not null && source == inFile.Source)
        {
            remarks.Add($"task {NameOf(known!.Value)} from {source}");
        }

        if (known is null && spec.NumClasses == 1)
        {
            remarks.Add("the network has one output: its probability is a sigmoid's");
        }

        var resolved = known ?? RunClassifier.DefaultTask(spec.NumClasses);
        var fromFile = resolved == ClassificationTask.Multilabel && inFile.Thresholds?.Count == spec.NumClasses ? inFile.Thresholds : null;
        if (description?.Thresholds is null && fromFile is not null)
        {
            remarks.Add("each class's threshold from the file");
        }
        else if (description?.Thresholds is null && inFile.Thresholds is { } wrong && wrong.Count != spec.NumClasses && spec.NumClasses > 0)
        {
            remarks.Add($"the file has {wrong.Count} thresholds where the network has {spec.NumClasses} classes: left out, 0.5 is each class's");
        }

        if (description?.Thresholds is not null && resolved != ClassificationTask.Multilabel)
        {
            remarks.Add($"the thresholds of {describedBy} are not used: the task is {NameOf(resolved)}");
        }

        var (temperature, fault) = RunClassifier.UsedTemperature(description, resolved, spec.NumClasses);
        if (fault is not null)
        {
            remarks.Add($"the temperature of {describedBy} is not used: {fault}");
        }

        if (resolved == ClassificationTask.None && CheckpointFacts.FinalActivation(checkpoint) is { } final)
        {
            remarks.Add($"the values are those before {final.Source}");
        }

        remarks.AddRange(CheckpointFacts.Unused(checkpoint));

        return new DescribedCheckpoint
        {
            Spec = spec,
            Description = description,
            DescribedBy = describedBy,
            Labels = labels,
            Task = resolved,
            TaskSource = source,
            // The file's own belong to the scores as they are.
            Thresholds = description?.Thresholds ?? (fromFile is null ? null : Temperatures.ConvertThresholds(fromFile, 1, temperature ?? 1)),
            Temperature = temperature ?? 1,
            Remarks = remarks,
            NamesRemark = namesRemark,
        };

        void RequireOnePerClass(int? count, string what)
        {
            if (count is not null && spec.NumClasses > 0 && count != spec.NumClasses)
            {
                throw new InvalidDataException($"{describedBy} has {count} {what}, but {path} has {spec.NumClasses} classes.");
            }
        }
    }

    /// <summary>Puts the checkpoint's network and its description together: <c>ImageClassifier.Load</c> of an engine.</summary>
    /// <param name="loadNetwork">Loads the network that <see cref="Spec"/> describes.</param>
    /// <returns>The classifier; the network is its own, and disposed with it.</returns>
    /// <exception cref="InvalidDataException">The description's preset makes images of other channels than the network
    /// takes; nothing has been loaded.</exception>
    public ImageClassifier LoadClassifier(Func<DenseNetSpec, IImageNetwork> loadNetwork)
    {
        ArgumentNullException.ThrowIfNull(loadNetwork);
        if (Preset.Channels != Spec.InputChannels)
        {
            throw new InvalidDataException(
                $"{(DescribedBy is null ? "There is no description, and the preset" : $"{DescribedBy} has a preset that")} makes images of "
                + $"{Preset.Channels} channels, but the network takes {Spec.InputChannels}.");
        }

        var network = loadNetwork(Spec);
        return RunClassifier.Owning(network, () => RunClassifier.Create(
            network, Description, ownsNetwork: true, Labels, Task, Thresholds, Preset, Temperature));
    }

    /// <summary>What is beside the checkpoint counts; else what is inside.</summary>
    private static (RunDescription? Description, string? Source) FindDescription(Checkpoint checkpoint, string path)
    {
        if (checkpoint.Path is not null && RunDescription.FindBeside(checkpoint.Path) is { } beside)
        {
            return (beside, $"{RunDescription.FileName} beside {path}");
        }

        return RunDescription.FindIn(checkpoint) is { } inside ? (inside, $"the description inside {path}") : (null, null);
    }

    /// <summary>The network, of no classes where what comes after the features is no classifier of torchvision's.</summary>
    private static DenseNetSpec FeaturesOf(Checkpoint checkpoint, DenseNetSpec? like)
    {
        var spec = DenseNetSpec.InferFeatures(checkpoint, like);
        return spec.NumClasses > 0 && StateDictMatch.Create(spec, checkpoint) is { IsExact: false, DiffersOnlyInHead: true }
            ? spec with { NumClasses = 0, Head = [] }
            : spec;
    }

    private static string NameOf(ClassificationTask task) => task.ToString().ToLowerInvariant();
}
