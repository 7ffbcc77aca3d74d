using System.Globalization;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>The temperature of a checkpoint's probabilities, fit on the images.</summary>
internal static class TemperatureChoice
{
    public const string Option = "--calibrate";

    /// <summary>Refuses to fit what would not be stored with what it belongs to.</summary>
    /// <param name="checkpoints">How many checkpoints are named.</param>
    /// <param name="augmentation">What --tta says.</param>
    /// <exception cref="UsageException">There are several checkpoints, or several views of each image.</exception>
    public static void RequireOne(int checkpoints, AugmentationArgument augmentation)
    {
        if (checkpoints > 1)
        {
            throw new UsageException($"{Option} is for one checkpoint, and --weights names {checkpoints}: calibrate each, and then take them together.");
        }

        if (augmentation.Name is not null)
        {
            throw new UsageException(
                $"{Option} fits the temperature of the network's outputs for each image as it is, and {AugmentationArgument.Option} gives other outputs; "
                + "leave one of the two out.");
        }
    }

    /// <summary>Warns of images that the network has learned from, on which it is surer than on others.</summary>
    /// <param name="learned">How many of the images it has learned from.</param>
    /// <param name="all">How many there are.</param>
    public static void WarnOfLearned(int learned, int all)
    {
        if (learned > 0)
        {
            Console.Error.WriteLine(
                $"densenet: the run learned from {learned} of these {all} images ({SplitTable.FileName} beside the weights), and is surer of them than of "
                + $"others: --on validation fits on those held out");
        }
    }

    /// <summary>Fits the temperature, and stores it where the checkpoint belongs to a run; says so, or why not.</summary>
    /// <returns>The evaluation and the checkpoint at the temperature; null where none is the best.</returns>
    public static (Evaluation Evaluation, FoundCheckpoint Found)? Fit(Evaluation evaluation, FoundCheckpoint found)
    {
        var fit = evaluation.FitTemperature();
        if (fit.Temperature is not { } temperature)
        {
            Console.Error.WriteLine(
                $"densenet: no temperature fits these {evaluation.Count} images, and none is stored"
                + (found.Temperature == 1 ? "" : $", so that {LoadedNetworks.TextOf(found.Temperature)} ({found.DescribedBy}) stays") + $": {fit.Fault}");
            return null;
        }

        var calibrated = evaluation.At(temperature);
        Console.Error.WriteLine(
            $"densenet: temperature {LoadedNetworks.TextOf(temperature)} fit on these {evaluation.Count} images, {Store(evaluation.Task, temperature, found)}; "
            + ChangeOf(calibrated));
        var thresholds = found.Thresholds is null ? null : TemperatureScaling.ConvertThresholds(found.Thresholds, found.Temperature, temperature);
        return (calibrated, found.At(temperature, thresholds));
    }

    /// <summary>What a temperature changes, on the images that it was fit on.</summary>
    /// <param name="calibrated">The images at the temperature.</param>
    public static string ChangeOf(Evaluation calibrated)
    {
        var plain = calibrated.At(1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"on the images it was fit on, the calibration error goes from {EvaluationMetric.CalibrationError.Of(plain):F4} to "
            + $"{EvaluationMetric.CalibrationError.Of(calibrated):F4}, the loss from {plain.Loss:F4} to {calibrated.Loss:F4}");
    }

    private static string Store(ClassificationTask task, double temperature, FoundCheckpoint found)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(found.Path))!, RunDescription.FileName);
        if (RunDescription.FindBeside(found.Path) is not { } run)
        {
            return $"not stored, for there is no {RunDescription.FileName} beside {found.Weights}";
        }

        if (run.Task is { } own && own != task)
        {
            return $"not stored, for the task in {file} is {CheckpointReport.NameOf(own)}";
        }

        var thresholds = run.Thresholds ?? (task == ClassificationTask.Multilabel ? found.Thresholds : null);
        (run with { Task = task, Thresholds = thresholds }).WithTemperature(temperature).Save(file);
        return $"stored in {file} for every checkpoint beside it{(run.Temperature is { } former ? $", in place of {LoadedNetworks.TextOf(former)}" : "")}"
            + (thresholds is null ? "" : ", whose thresholds are converted so that the same labels are found");
    }
}
