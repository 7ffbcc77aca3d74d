using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Models;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Cli.Output;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>Each label's threshold: that of the checkpoint, or one chosen on the images.</summary>
internal static class Thresholds
{
    /// <summary>Refuses to choose where there is nothing to be chosen.</summary>
    /// <exception cref="UsageException">Classes exclude each other.</exception>
    public static void RequireLabels(ThresholdRule? rule, ClassificationTask task)
    {
        if (rule is not null && task != ClassificationTask.Multilabel)
        {
            throw new UsageException(
                $"{EvaluationOptions.TuneThresholds} is for labels that do not exclude each other, and these classes do: the likeliest one is taken, "
                + "without a threshold (--task multilabel measures each class by itself).");
        }
    }

    /// <summary>Chooses thresholds, measures with them, and stores them where the checkpoint belongs to a run.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="rule">What they are chosen by.</param>
    /// <param name="found">The checkpoint; null for several, to which no file belongs.</param>
    public static void Tune(Evaluation evaluation, ThresholdRule rule, FoundCheckpoint? found)
    {
        var metrics = evaluation.Multilabel;
        var before = metrics.Thresholds ?? [.. Enumerable.Repeat(ClassificationResult.DefaultThreshold, metrics.Labels)];
        var chosen = metrics.ChooseThresholds(rule);
        metrics.Thresholds = [.. chosen.Zip(before, (own, other) => own ?? other)];
        string[] left = [.. evaluation.ClassNames.Where((_, label) => chosen[label] is null)];
        var stored = found is null ? "not stored, for they belong to no one checkpoint" : Store(evaluation, metrics.Thresholds, found);
        Console.Error.WriteLine(
            $"densenet: thresholds by {(rule == ThresholdRule.Youden ? "Youden's J" : "the F1")} on these {evaluation.Count} images, "
            + $"{stored}; the figures are measured with them, on the images they were chosen on"
            + (left.Length == 0 ? "" : $"; as before for {string.Join(", ", left.Select(Terminal.Printable))}, which no image or every image has"));
    }

    /// <summary>Stores them in the run's description; says where, or why not.</summary>
    private static string Store(Evaluation evaluation, IReadOnlyList<float> thresholds, FoundCheckpoint found)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(found.Path))!, RunDescription.FileName);
        if (RunDescription.FindBeside(found.Path) is not { } run)
        {
            return $"not stored, for there is no {RunDescription.FileName} beside {found.Weights}";
        }

        if (run.Task is ClassificationTask.Multiclass or ClassificationTask.None)
        {
            return $"not stored, for the task in {file} is {CheckpointReport.NameOf(run.Task.Value)}";
        }

        // By name: the images may have fewer labels than the network.
        var labels = found.Labels!;
        var all = labels.Select((_, i) => found.Thresholds?[i] ?? ClassificationResult.DefaultThreshold).ToArray();
        foreach (var (i, name) in evaluation.ClassNames.Index())
        {
            all[IndexOf(labels, name)] = thresholds[i];
        }

        (run with { Task = ClassificationTask.Multilabel, Thresholds = all }).Save(file);
        return $"stored in {file} for every checkpoint beside it";
    }

    private static int IndexOf(IReadOnlyList<string> labels, string name) => labels.Index().First(label => label.Item == name).Index;
}
