using DenseNetSharp.Reports;

namespace DenseNetSharp.Core.Tests.Reports;

internal static class Epochs
{
    public static EpochRecord Of(int epoch, double training, double? validation = null, params (string Name, double Value)[] metrics) => new()
    {
        Epoch = epoch,
        LearningRate = 0.1 / 3,
        TrainingLoss = training,
        ValidationLoss = validation,
        Metrics = metrics.Select(metric => new EpochMetric(metric.Name, metric.Value)).ToList(),
        Seconds = 12.25,
    };
}
