using System.Globalization;
using DenseNetSharp.Reports;
using DenseNetSharp.Training;

namespace DenseNetSharp.Cli.FineTuning;

/// <summary>What a run says of itself in a line.</summary>
internal static class EpochText
{
    /// <summary>An epoch that has ended: "epoch 3/10: loss 0.412, validation loss 0.380, accuracy 0.887, 41 s, best so far".</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="epochs">The run's epochs.</param>
    /// <param name="shown">The metrics to name, where the epoch has them.</param>
    public static string Of(FineTuningEpoch epoch, int epochs, IReadOnlyList<string> shown)
    {
        var record = epoch.Record;
        string[] parts =
        [
            $"loss {Number(record.TrainingLoss)}",
            .. record.ValidationLoss is { } loss ? [$"validation loss {Number(loss)}"] : Array.Empty<string>(),
            .. Shown(record, shown).Select(name => $"{name} {Number(record.Metric(name)!.Value)}"),
            Duration(TimeSpan.FromSeconds(record.Seconds)),
            .. epoch.IsBest ? ["best so far"] : Array.Empty<string>(),
        ];
        return $"epoch {record.Epoch}/{epochs}: {string.Join(", ", parts)}";
    }

    /// <summary>How far a run is: "epoch 3/10, loss 0.412, 35.1 images/s, 2 min 05 s left".</summary>
    public static string Of(FineTuningProgress progress)
    {
        string[] parts =
        [
            $"epoch {progress.Epoch}/{progress.Epochs}",
            .. progress.Phase switch
            {
                FineTuningPhase.CachingFeatures => ["computing frozen features"],
                FineTuningPhase.Validating => ["validating"],
                _ => Array.Empty<string>(),
            },
            .. double.IsNaN(progress.Loss) ? [] : new[] { $"loss {Number(progress.Loss)}" },
            string.Create(CultureInfo.InvariantCulture, $"{progress.ImagesPerSecond:F1} images/s"),
            .. progress.Remaining is { } left ? [$"{Duration(left)} left"] : Array.Empty<string>(),
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Those of some metrics that an epoch has.</summary>
    public static IEnumerable<string> Shown(EpochRecord record, IReadOnlyList<string> names) => names.Where(name => record.Metric(name) is not null);

    public static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("F3", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s"),
        { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds:D2} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes:D2} min",
    };
}
