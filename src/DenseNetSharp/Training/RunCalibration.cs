using DenseNetSharp.Classification;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;

namespace DenseNetSharp.Training;

/// <summary>The temperature of a run's best checkpoint.</summary>
internal static class RunCalibration
{
    /// <summary>Fits it on the images held out, and stores it in the run's description.</summary>
    /// <returns>The images at the temperature; null where none is the best, which is told.</returns>
    public static Evaluation? Store(FineTuner tuner, RunFolder folder, ImageBatchOptions? loading, CancellationToken cancellationToken)
    {
        // The file's own network: the one in memory has the last epoch's weights, and perhaps not their average.
        using var best = DenseNetFactory.FromCheckpoint(
            folder.Best, options: new DenseNetOptions { Device = tuner.Model.FirstWeight.device, Spec = tuner.Model.Spec });
        best.eval();
        var evaluation = Evaluation.Run(best, tuner.Validation!, tuner.Preset, loading, cancellationToken: cancellationToken);
        var fit = evaluation.FitTemperature();
        if (fit.Temperature is not { } temperature)
        {
            tuner.Remark?.Invoke($"no temperature fits the {evaluation.Count} images held out, and none is stored: {fit.Fault}");
            return null;
        }

        RunDescription.Load(folder.Description).WithTemperature(temperature).Save(folder.Description);
        return evaluation.At(temperature);
    }
}
