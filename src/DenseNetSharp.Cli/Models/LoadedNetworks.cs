using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;

namespace DenseNetSharp.Cli.Models;

/// <summary>The checkpoints that --weights names, to predict with: one, or several whose probabilities are averaged.</summary>
/// <param name="members">The checkpoints and their networks, in the order in which they were named.</param>
/// <param name="names">What the command line calls them.</param>
internal sealed class LoadedNetworks(IReadOnlyList<LoadedNetwork> members, IReadOnlyList<string> names) : IDisposable
{
    /// <summary>The first checkpoint, whose classes, task and order count.</summary>
    public FoundCheckpoint First => members[0].Checkpoint;

    public bool IsEnsemble => members.Count > 1;

    /// <summary>What the networks are called together.</summary>
    public string Name => string.Join(" + ", members.Select(member => member.Checkpoint.Weights));

    /// <summary>All checkpoints.</summary>
    public IReadOnlyList<FoundCheckpoint> Checkpoints { get; } = [.. members.Select(member => member.Checkpoint)];

    /// <summary>Says on standard error at which temperature probabilities are, where that is another than 1.</summary>
    public void ReportTemperatures()
    {
        foreach (var (i, found) in Checkpoints.Index())
        {
            ReportTemperature(found, IsEnsemble ? $"{names[i]}: " : "");
        }
    }

    /// <summary>Says on standard error at which temperature a checkpoint's probabilities are, where that is another than 1.</summary>
    /// <param name="found">The checkpoint.</param>
    /// <param name="prefix">What goes before it.</param>
    public static void ReportTemperature(FoundCheckpoint found, string prefix = "")
    {
        if (found.Temperature != 1)
        {
            Console.Error.WriteLine($"densenet: {prefix}probabilities at temperature {TextOf(found.Temperature)} ({found.DescribedBy})");
        }
    }

    /// <summary>Puts the networks and their descriptions together.</summary>
    /// <param name="augmentation">Which views of each image are scored.</param>
    /// <param name="decodeOf">How a checkpoint's images are decoded.</param>
    /// <param name="task">What the outputs mean, if it is not as the checkpoints say.</param>
    /// <exception cref="UsageException">A preset leaves the augmentation nothing to choose from, or the checkpoints do not belong
    /// together.</exception>
    public ImageClassifier Classifier(
        AugmentationArgument augmentation, Func<FoundCheckpoint, ImageReading> decodeOf, ClassificationTask? task = null)
    {
        ImageClassifier[] classifiers = [.. members.Select(member => augmentation.ApplyTo(member.Classifier(decodeOf(member.Checkpoint), task)))];
        if (!IsEnsemble)
        {
            return classifiers[0];
        }

        try
        {
            return Reported(ImageClassifier.Ensemble(classifiers, names: names));
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--weights: {exception.Message}");
        }
    }

    public void Dispose()
    {
        foreach (var member in members)
        {
            member.Dispose();
        }
    }

    /// <summary>The checkpoints' temperatures, to the last digit.</summary>
    public string ExactTemperatures => string.Join(", ", Checkpoints.Select(found => found.Temperature.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>A temperature for people.</summary>
    public static string TextOf(double temperature) => temperature.ToString("G5", CultureInfo.InvariantCulture);

    private ImageClassifier Reported(ImageClassifier ensemble)
    {
        Console.Error.WriteLine(
            $"densenet: {(ensemble.Task == ClassificationTask.None ? "values" : "probabilities")} are the mean of {members.Count} checkpoints'"
            + (ensemble is { Task: ClassificationTask.Multilabel, Thresholds: not null } ? ", and each class's threshold is that of theirs" : ""));
        return ensemble;
    }
}
