using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Images;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Classification;

/// <summary>What a DenseNet's checkpoint and its run's description say together: everything that a classifier needs, but the
/// network's weights.</summary>
public sealed record DescribedCheckpoint
{
    private DescribedCheckpoint(DenseNetSpec spec, RunDescription? description, string? describedBy) =>
        (Spec, Description, DescribedBy) = (spec, description, describedBy);

    /// <summary>The network that the checkpoint's shapes call for.</summary>
    public DenseNetSpec Spec { get; }

    /// <summary>The run's description: the one beside the checkpoint, else the one inside; null where there is neither.</summary>
    public RunDescription? Description { get; }

    /// <summary>Where the description was found, for messages, such as <c>run.json beside run/best.pth</c>; null where there is
    /// none.</summary>
    public string? DescribedBy { get; }

    /// <summary>How images are prepared: torchvision's ImageNet preset where no description says otherwise.</summary>
    public ImagePreset Preset => Description?.Preset ?? ImagePreset.TorchvisionImageNet;

    /// <summary>The classes' names: the description's, else ImageNet's for a network of a thousand classes; null for none.</summary>
    public IReadOnlyList<string>? Labels => Description?.ClassNames ?? RunClassifier.DefaultLabels(Spec.NumClasses);

    /// <summary>Finds a checkpoint's description, and sees to it that the two belong together.</summary>
    /// <param name="checkpoint">The checkpoint; it stays the caller's, and is not needed afterwards.</param>
    /// <returns>Both.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is no DenseNet's, the description is none, or it speaks of another
    /// network or another number of classes: the message names both.</exception>
    /// <exception cref="IOException">The description cannot be read.</exception>
    public static DescribedCheckpoint Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var path = checkpoint.Path ?? "the checkpoint";
        var spec = DenseNetSpec.Infer(checkpoint);
        var (description, describedBy) = FindDescription(checkpoint, path);
        if (description?.Architecture is { } architecture && architecture != spec.Name)
        {
            throw new InvalidDataException($"{describedBy} says {architecture}, but {path} is {spec.Name ?? "a DenseNet without a name"}.");
        }

        if (description is not null && description.ClassNames.Count != spec.NumClasses)
        {
            throw new InvalidDataException(
                $"{describedBy} has {description.ClassNames.Count} class names, but {path} has {spec.NumClasses} classes.");
        }

        return new DescribedCheckpoint(spec, description, describedBy);
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
        return RunClassifier.Owning(network, () => RunClassifier.Create(network, Description, ownsNetwork: true));
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
}
