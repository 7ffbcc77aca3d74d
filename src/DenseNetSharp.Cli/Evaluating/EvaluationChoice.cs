using DenseNetSharp.Metrics;

namespace DenseNetSharp.Cli.Evaluating;

/// <summary>What is to become of an evaluation's figures.</summary>
internal sealed record EvaluationChoice
{
    /// <summary>The CSV file for the predictions; null for none.</summary>
    public string? Predictions { get; init; }

    /// <summary>The report's file, or the folder for it and its pictures; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>How often the images are drawn for the intervals; null for the default.</summary>
    public int? Resamples { get; init; }

    /// <summary>What thresholds are chosen by; null to leave them as they are.</summary>
    public ThresholdRule? Tuning { get; init; }

    /// <summary>Whether a temperature is fit.</summary>
    public bool Calibrates { get; init; }

    /// <summary>One of the options that were given; null for none.</summary>
    public string? OptionGiven =>
        Predictions is not null ? EvaluationOptions.Predictions
        : Report is not null ? EvaluationOptions.Report
        : Resamples is not null ? Intervals.Option
        : Tuning is not null ? EvaluationOptions.TuneThresholds
        : Calibrates ? TemperatureChoice.Option
        : null;

    /// <summary>Whether a path names a report's file, and not a folder.</summary>
    public static bool IsFile(string report) =>
        report.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || report.EndsWith(".htm", StringComparison.OrdinalIgnoreCase);
}
