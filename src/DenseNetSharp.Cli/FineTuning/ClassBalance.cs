using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>Weights by which rare classes count more in the loss.</summary>
internal static class ClassBalance
{
    /// <summary>Where classes exclude each other, each weighs the same in total (scikit-learn's
    /// <c>class_weight="balanced"</c>); else a class's positives weigh as much as its negatives.</summary>
    public static FineTuningOptions Apply(FineTuningOptions options, ImageDataset training)
    {
        var (counts, total) = (training.CountPerClass(), (double)training.Images.Count);
        var classes = (double)counts.Count(count => count > 0);
        if (training.Task == ClassificationTask.Multiclass)
        {
            return options with { ClassWeights = [.. counts.Select(count => Ratio(total, classes * count))] };
        }

        var unknown = training.Images.SelectMany(image => image.Unknown).CountBy(index => index).ToDictionary();
        return options with { PositiveWeights = [.. counts.Select((count, i) => Ratio(total - count - unknown.GetValueOrDefault(i), count))] };
    }

    /// <summary>The weight of a class without images changes nothing.</summary>
    private static float Ratio(double dividend, double divisor) => divisor == 0 ? 1 : (float)(dividend / divisor);
}
