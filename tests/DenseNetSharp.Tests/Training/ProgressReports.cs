using DenseNetSharp.Training;

namespace DenseNetSharp.Tests.Training;

/// <summary>Progress told at once; <see cref="Progress{T}"/> would tell later, from another thread.</summary>
internal sealed class ProgressReports(Action<FineTuningProgress> report) : IProgress<FineTuningProgress>
{
    public void Report(FineTuningProgress value) => report(value);
}
