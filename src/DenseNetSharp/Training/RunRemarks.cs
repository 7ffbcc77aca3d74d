using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Training;

/// <summary>What is out of the ordinary in a run that begins or goes on, in a sentence each.</summary>
internal static class RunRemarks
{
    /// <summary>Classes that images to learn from or images held out do not have.</summary>
    public static IEnumerable<string> OfClasses(ImageDataset training, ImageDataset? validation)
    {
        var isMulticlass = training.Task == ClassificationTask.Multiclass;
        if (Unknown(training) is { } masked)
        {
            yield return $"of every training image it is unknown whether it has {masked}: the network keeps a label for it that learns nothing";
        }

        if (Absent(training) is { } unlearned)
        {
            yield return $"no training image has {unlearned}: the network keeps {(isMulticlass ? "an output" : "a label")} for it that learns only "
                + "its absence";
        }

        if (Everywhere(training) is { } constant)
        {
            yield return $"every training image has {constant}: the network keeps a label for it that learns only its presence";
        }

        if (validation is not null && Absent(validation) is { } unmeasured)
        {
            yield return $"no image held out has {unmeasured}: means over {(isMulticlass ? "classes" : "labels")} leave out what is not defined for it";
        }

        if (validation is not null && Everywhere(validation) is { } always)
        {
            yield return $"every image held out has {always}: means over labels leave out what is not defined for it";
        }
    }

    /// <summary>What a run does that has other epochs or another patience than before.</summary>
    /// <param name="before">The options so far.</param>
    /// <param name="now">The options from here on.</param>
    /// <param name="state">Where it goes on.</param>
    /// <param name="rateBefore">The rate of the step that would have come next, or of the last one where none would.</param>
    /// <param name="rateNow">The rate of the next step.</param>
    public static IEnumerable<string> OfChanges(FineTuningOptions before, FineTuningOptions now, RunState state, double rateBefore, double rateNow)
    {
        if (now.Patience != before.Patience)
        {
            yield return $"patience is {Epochs(now.Patience)} from here on; it was {Epochs(before.Patience)}";
        }

        if (now.Epochs != before.Epochs && !state.IsDone)
        {
            var rate = now.Schedule is CosineSchedule or OneCycleSchedule
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"is from here on that of a run of {now.Epochs} epochs ({now.Schedule}): it goes on at {rateNow:G4}, and was {rateBefore:G4}")
                : string.Create(CultureInfo.InvariantCulture, $"goes on as its schedule has it, at {rateNow:G4}");
            yield return $"the run has {now.Epochs} epochs now instead of {before.Epochs}; the learning rate {rate}";
        }
    }

    private static string Epochs(int? count) => count is { } some ? $"{some} {(some == 1 ? "epoch" : "epochs")}" : "without end";

    /// <summary>An epoch that cannot be judged by what it is to be judged by.</summary>
    public static string OfUndefined(EvaluationMetric metric) =>
        $"{metric.Title} is not defined on the images held out: among epochs without it the one with the lowest loss on them is the best";

    /// <summary>The labels that all images have of which it is known.</summary>
    private static string? Everywhere(ImageDataset images)
    {
        if (images.Task == ClassificationTask.Multiclass)
        {
            return null;
        }

        var (positives, unknown) = (images.CountPerClass(), UnknownPerClass(images));
        return Names(images, i => positives[i] > 0 && positives[i] + unknown[i] == images.Images.Count);
    }

    /// <summary>The labels of which nothing is known.</summary>
    private static string? Unknown(ImageDataset images)
    {
        var unknown = UnknownPerClass(images);
        return Names(images, i => unknown[i] > 0 && unknown[i] == images.Images.Count);
    }

    private static int[] UnknownPerClass(ImageDataset images)
    {
        var counts = new int[images.ClassNames.Count];
        foreach (var index in images.Images.SelectMany(image => image.Unknown))
        {
            counts[index]++;
        }

        return counts;
    }

    /// <summary>The classes that no image has, but for those of which that is not known.</summary>
    private static string? Absent(ImageDataset images)
    {
        var (positives, unknown) = (images.CountPerClass(), UnknownPerClass(images));
        return Names(images, i => positives[i] == 0 && (unknown[i] == 0 || unknown[i] < images.Images.Count));
    }

    private static string? Names(ImageDataset images, Func<int, bool> isMeant)
    {
        string[] names = [.. images.ClassNames.Where((_, i) => isMeant(i))];
        return names.Length == 0 ? null : ClassNamesText.Of(names);
    }
}
