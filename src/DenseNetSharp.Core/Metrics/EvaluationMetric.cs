using DenseNetSharp.Classification;

namespace DenseNetSharp.Metrics;

/// <summary>A figure of an evaluation that has a name: what a run's best epoch can be chosen by, and what is shown.</summary>
/// <remarks>
/// Where labels do not exclude each other, figures that need decisions use <see cref="MultilabelMetrics.Thresholds"/>, and unknown
/// targets are left out. Classes and labels for which a figure is not defined are left out of its mean; where it is defined for none,
/// it is NaN.
/// </remarks>
public sealed class EvaluationMetric
{
    private readonly Func<SampleFigures, double> _of;

    private EvaluationMetric(string name, string title, Func<SampleFigures, double> of)
    {
        (Name, Title, _of) = (name, title, of);
    }

    /// <summary>The share of the images whose likeliest class is right; of labels, the share of the decisions that are right.</summary>
    public static EvaluationMetric Accuracy { get; } = new("accuracy", "accuracy", figures => figures.Accuracy);

    /// <summary>The share of the images whose class is among the likeliest five. Multi-class only.</summary>
    public static EvaluationMetric TopFiveAccuracy { get; } =
        new("top5-accuracy", "top-5 accuracy", figures => figures.TopFiveAccuracy) { IsMulticlassOnly = true };

    /// <summary>The mean recall of the classes; of labels, the mean of their balanced accuracies.</summary>
    public static EvaluationMetric BalancedAccuracy { get; } = new("balanced-accuracy", "balanced accuracy", figures => figures.BalancedAccuracy);

    /// <summary>The mean F1 of the classes or labels, scikit-learn's <c>macro</c>.</summary>
    public static EvaluationMetric MacroF1 { get; } = new("f1", "F1 (macro)", figures => figures.MacroF1);

    /// <summary>The F1 of all decisions together, scikit-learn's <c>micro</c>.</summary>
    public static EvaluationMetric MicroF1 { get; } = new("f1-micro", "F1 (micro)", figures => figures.MicroF1);

    /// <summary>The mean F1, weighted by the number of images, scikit-learn's <c>weighted</c>.</summary>
    public static EvaluationMetric WeightedF1 { get; } = new("f1-weighted", "F1 (weighted)", figures => figures.WeightedF1);

    /// <summary>Cohen's kappa; of labels, the mean of theirs.</summary>
    public static EvaluationMetric Kappa { get; } = new("kappa", "Cohen's kappa", figures => figures.Kappa);

    /// <summary>The mean area under the ROC curves, of classes each against all others.</summary>
    public static EvaluationMetric Auroc { get; } = new("auroc", "mean AUROC", figures => SampleFigures.MeanOfDefined(figures.Auroc));

    /// <summary>The mean average precision, of classes each against all others.</summary>
    public static EvaluationMetric Auprc { get; } =
        new("auprc", "mean average precision", figures => SampleFigures.MeanOfDefined(figures.AveragePrecision));

    /// <summary>The mean cross entropy, binary cross entropy of labels.</summary>
    public static EvaluationMetric Loss { get; } = new("loss", "loss", figures => figures.Loss) { HigherIsBetter = false };

    /// <summary>The expected calibration error in 15 bins; of labels, the mean of theirs.</summary>
    public static EvaluationMetric CalibrationError { get; } =
        new("ece", "calibration error", figures => figures.CalibrationError) { HigherIsBetter = false };

    /// <summary>All metrics, in the order in which they are shown.</summary>
    public static IReadOnlyList<EvaluationMetric> All { get; } =
    [
        Accuracy, TopFiveAccuracy, BalancedAccuracy, MacroF1, MicroF1, WeightedF1, Kappa, Auroc, Auprc, Loss, CalibrationError,
    ];

    /// <summary>The name, as <c>--metric</c> and files have it: <c>balanced-accuracy</c>.</summary>
    public string Name { get; }

    /// <summary>The name for people: "balanced accuracy".</summary>
    public string Title { get; }

    /// <summary>Whether a higher value is a better one.</summary>
    public bool HigherIsBetter { get; private init; } = true;

    private bool IsMulticlassOnly { get; init; }

    /// <summary>The metrics that a task has, in the order in which they are shown.</summary>
    /// <param name="task">Whether the classes exclude each other.</param>
    public static IReadOnlyList<EvaluationMetric> For(ClassificationTask task) => [.. All.Where(metric => metric.AppliesTo(task))];

    /// <summary>Finds a metric by its name.</summary>
    /// <param name="name">The name, in upper or lower case.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the known names.</exception>
    public static EvaluationMetric Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(metric => metric.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"There is no metric '{name}'; known are {string.Join(", ", All.Select(metric => metric.Name))}.", nameof(name));
    }

    /// <summary>Whether a task has the metric.</summary>
    /// <param name="task">Whether the classes exclude each other.</param>
    public bool AppliesTo(ClassificationTask task) =>
        task == ClassificationTask.Multiclass || (task == ClassificationTask.Multilabel && !IsMulticlassOnly);

    /// <summary>The metric's value.</summary>
    /// <param name="evaluation">What was measured.</param>
    /// <returns>The value; NaN where it is not defined.</returns>
    public double Of(Evaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return Of(evaluation.Sample(null));
    }

    /// <summary>Whether a value is better than another; NaN is better than nothing, and every number is better than NaN.</summary>
    /// <param name="value">The value.</param>
    /// <param name="other">The value that it is compared with.</param>
    public bool IsBetter(double value, double other) =>
        !double.IsNaN(value) && (double.IsNaN(other) || (HigherIsBetter ? value > other : value < other));

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal double Of(SampleFigures figures) => _of(figures);
}
