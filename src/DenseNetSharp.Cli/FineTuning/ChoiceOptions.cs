using System.CommandLine;
using DenseNetSharp.Classification;
using DenseNetSharp.Cli.Options;
using DenseNetSharp.Datasets;
using DenseNetSharp.Metrics;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>The options that say what a run chooses by: which images it draws, and which epoch is the best.</summary>
internal sealed class ChoiceOptions
{
    private static readonly Dictionary<string, TrainingSampler> Samplers = new()
    {
        ["shuffle"] = TrainingSampler.Shuffled,
        ["balanced"] = TrainingSampler.Balanced,
    };

    private readonly Option<string?> _metric = CheckedOption.Choice(
        "--metric",
        "what chooses the best epoch, and what --patience and --schedule plateau follow; accuracy, or auroc for images of several classes, if not given",
        [.. EvaluationMetric.All.Select(metric => metric.Name)]);

    private readonly Option<string?> _sampler = CheckedOption.Choice(
        "--sampler", "each image once an epoch, or as many draws in which every class comes up as often (WeightedRandomSampler)", [.. Samplers.Keys]);

    public ChoiceOptions(Command command)
    {
        command.Options.Add(_metric);
        command.Options.Add(_sampler);
    }

    /// <summary>The options with what a command line says.</summary>
    /// <exception cref="UsageException">It says what the task does not have.</exception>
    public FineTuningOptions Apply(ParseResult arguments, FineTuningOptions options, ClassificationTask task)
    {
        var metric = arguments.GetValue(_metric);
        if (metric is not null && !EvaluationMetric.Parse(metric).AppliesTo(task))
        {
            throw new UsageException($"--metric {metric} is for classes that exclude each other (--task multiclass).");
        }

        var sampler = arguments.GetValue(_sampler) is { } name ? Samplers[name] : options.Sampler;
        return sampler == TrainingSampler.Balanced && task != ClassificationTask.Multiclass
            ? throw new UsageException(
                "--sampler balanced is for classes that exclude each other (--task multiclass); where they do not, --balance weighs them.")
            : options with { Metric = metric ?? options.Metric, Sampler = sampler };
    }

    /// <summary>Refuses to choose by what is measured on images held out where there are none.</summary>
    /// <exception cref="UsageException">It is so.</exception>
    public static void RequireHeldOut(FineTuningOptions options, ImageDataset? heldOut)
    {
        if (heldOut is null && options.Metric is { } name && EvaluationMetric.Parse(name) != EvaluationMetric.Loss)
        {
            throw new UsageException($"--metric {name} is measured on images held out, and --val 0 holds none out; hold some out, or take loss.");
        }
    }

    /// <summary>The figures of an epoch that are shown beside its losses, by their titles.</summary>
    public static IReadOnlyList<string> Shown(FineTuningOptions options, ClassificationTask task)
    {
        EvaluationMetric[] usual = task == ClassificationTask.Multiclass
            ? [EvaluationMetric.Accuracy, EvaluationMetric.TopFiveAccuracy]
            : [EvaluationMetric.Auroc];
        EvaluationMetric[] chosen = options.Metric is { } name ? [EvaluationMetric.Parse(name)] : [];
        return [.. usual.Union(chosen).Where(metric => metric != EvaluationMetric.Loss).Select(metric => metric.Title)];
    }
}
