using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>An epoch that has ended.</summary>
public sealed class FineTuningEpoch
{
    private readonly Evaluation? _validation;

    internal FineTuningEpoch(EpochRecord record, Evaluation? validation, bool isBest) =>
        (Record, _validation, IsBest) = (record, validation, isBest);

    /// <summary>Its figures, as <c>metrics.csv</c> has them; epochs count from 1.</summary>
    public EpochRecord Record { get; }

    /// <summary>Whether it is the best epoch so far, and so now <c>best.pth</c>.</summary>
    public bool IsBest { get; }

    /// <summary>Whether images are held out, and so <see cref="Validation"/> is there.</summary>
    public bool IsValidated => _validation is not null;

    /// <summary>All that the validation gave, the confusion matrix too.</summary>
    /// <exception cref="InvalidOperationException">No images are held out (<see cref="FineTuner.Validation"/>).</exception>
    public Evaluation Validation => _validation
        ?? throw new InvalidOperationException($"No images are held out ({nameof(FineTuner)}.{nameof(FineTuner.Validation)}).");
}
