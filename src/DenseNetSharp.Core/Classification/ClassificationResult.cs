using System.Globalization;

namespace DenseNetSharp.Classification;

/// <summary>What a network makes of one image.</summary>
public sealed class ClassificationResult
{
    /// <summary>From this probability on a class counts as found, unless it has a threshold of its own.</summary>
    public const float DefaultThreshold = 0.5f;

    private readonly float[] _logits;
    private readonly float[]? _probabilities;

    /// <summary>Makes a result of a network's scores.</summary>
    /// <param name="logits">One score a class, <c>[C]</c>, before any softmax or sigmoid.</param>
    /// <param name="labels">The classes' names, one a score; null for none.</param>
    /// <param name="task">What the scores mean.</param>
    /// <param name="thresholds">The probability from which on a class counts as found, one a class;
    /// <see cref="DefaultThreshold"/> for all if null. One that is NaN is never reached.</param>
    /// <param name="temperature">What the scores are divided by before softmax or sigmoid.</param>
    /// <exception cref="ArgumentException">There are no scores, not as many labels or thresholds as scores, or the temperature is not a finite
    /// number above 0.</exception>
    public ClassificationResult(
        ReadOnlySpan<float> logits,
        IReadOnlyList<string>? labels = null,
        ClassificationTask task = ClassificationTask.Multiclass,
        IReadOnlyList<float>? thresholds = null,
        double temperature = 1)
    {
        if (logits.IsEmpty)
        {
            throw new ArgumentException("A result needs at least one score.", nameof(logits));
        }

        RequireOnePerClass(labels?.Count, "labels", logits.Length, nameof(labels));
        RequireOnePerClass(thresholds?.Count, "thresholds", logits.Length, nameof(thresholds));
        Temperature = Temperatures.Require(temperature, nameof(temperature));
        _logits = logits.ToArray();
        _probabilities = task switch
        {
            ClassificationTask.Multilabel => Classification.Probabilities.Sigmoid(logits, temperature),
            ClassificationTask.None => null,
            _ => Classification.Probabilities.Softmax(logits, temperature),
        };
        (Labels, Task, Thresholds) = (labels, task, thresholds);
    }

    /// <summary>The network's scores as they are, <c>[C]</c>: the values themselves where the task is
    /// <see cref="ClassificationTask.None"/>. With test-time augmentation, the mean of those of an image's views; of an ensemble, those that
    /// its probabilities have.</summary>
    public IReadOnlyList<float> Logits => Array.AsReadOnly(_logits);

    /// <summary>The classes' probabilities, <c>[C]</c>; NaN where the network's output is not a number.</summary>
    /// <exception cref="InvalidOperationException">There are none: the task is <see cref="ClassificationTask.None"/>, and
    /// <see cref="Logits"/> has the values.</exception>
    public IReadOnlyList<float> Probabilities => Array.AsReadOnly(RequireProbabilities());

    /// <summary>The classes' names, or null.</summary>
    public IReadOnlyList<string>? Labels { get; }

    /// <summary>What the scores mean: whether the classes exclude each other.</summary>
    public ClassificationTask Task { get; }

    /// <summary>What the <see cref="Logits"/> are divided by for the <see cref="Probabilities"/>; 1 for the scores as they are.</summary>
    public double Temperature { get; }

    /// <summary>Each class's own threshold, or null where all have <see cref="DefaultThreshold"/>.</summary>
    public IReadOnlyList<float>? Thresholds { get; }

    /// <summary>Whether every probability is a number, every value where there are no probabilities.</summary>
    public bool IsValid => !(_probabilities ?? _logits).Any(float.IsNaN);

    /// <summary>The likeliest class.</summary>
    /// <exception cref="InvalidOperationException">The task is <see cref="ClassificationTask.None"/>.</exception>
    public Prediction Best => Top(1)[0];

    /// <summary>The probability of a class, the value where there are no probabilities.</summary>
    /// <param name="label">The class's name, exactly.</param>
    /// <exception cref="KeyNotFoundException">No class has that name; the message lists some that exist.</exception>
    public float this[string label]
    {
        get
        {
            for (var i = 0; i < Labels?.Count; i++)
            {
                if (Labels[i] == label)
                {
                    return (_probabilities ?? _logits)[i];
                }
            }

            throw new KeyNotFoundException(Labels is null
                ? $"There is no class '{label}': the classifier has no labels."
                : $"There is no class '{label}' among {string.Join(", ", Labels.Take(20))}{(Labels.Count > 20 ? ", ..." : "")}.");
        }
    }

    /// <summary>The likeliest classes.</summary>
    /// <param name="count">How many; where there are fewer classes, all are given.</param>
    /// <returns>The predictions, the likeliest first; of equal ones the lower index first.</returns>
    /// <exception cref="ArgumentException">The count is negative.</exception>
    /// <exception cref="InvalidOperationException">The task is <see cref="ClassificationTask.None"/>.</exception>
    public IReadOnlyList<Prediction> Top(int count = 5) =>
        Classification.Probabilities.Top(RequireProbabilities(), count, Labels);

    /// <summary>The classes found: those whose probability reaches their threshold.</summary>
    /// <returns>The predictions, the likeliest first.</returns>
    public IReadOnlyList<Prediction> Found() =>
        Top(_logits.Length)
            .Where(prediction => prediction.Probability >= (Thresholds?[prediction.Index] ?? DefaultThreshold))
            .ToArray();

    /// <summary>The classes whose probability reaches one threshold for all.</summary>
    /// <param name="threshold">The least probability.</param>
    /// <returns>The predictions, the likeliest first.</returns>
    public IReadOnlyList<Prediction> AtLeast(float threshold) =>
        Top(_logits.Length).TakeWhile(prediction => prediction.Probability >= threshold).ToArray();

    /// <summary>The likeliest class and its probability; the values where there are no probabilities.</summary>
    public override string ToString() => _probabilities is null
        ? string.Join(", ", _logits.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"{Labels?[i] ?? $"output {i}"} {value}")))
        : $"{Best.Label ?? $"class {Best.Index}"} {Best.Probability:P1}";

    private float[] RequireProbabilities() => _probabilities
        ?? throw new InvalidOperationException(
            $"The task is {nameof(ClassificationTask.None)}: there are no probabilities, and {nameof(Logits)} has the values.");

    internal static void RequireOnePerClass(int? count, string what, int classes, string parameter)
    {
        if (count is not null && count != classes)
        {
            throw new ArgumentException($"There are {count} {what}, but the network has {classes} classes.", parameter);
        }
    }
}
