using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>An epoch that has ended.</summary>
/// <param name="Record">Its figures, as <c>metrics.csv</c> has them; epochs count from 1.</param>
/// <param name="Validation">All that the validation gave, the confusion matrix too; null where nothing is held out.</param>
/// <param name="IsBest">Whether it is the best epoch so far, and so now <c>best.pth</c>.</param>
public sealed record FineTuningEpoch(EpochRecord Record, Evaluation? Validation, bool IsBest);
