namespace DenseNetSharp.Metrics;

/// <summary>The figures of evaluated images, or of a resample of them in which some count several times and others not at all.</summary>
internal abstract class SampleFigures
{
    public abstract double Loss { get; }

    public abstract double Accuracy { get; }

    public abstract double TopFiveAccuracy { get; }

    public abstract double BalancedAccuracy { get; }

    public abstract double MacroF1 { get; }

    public abstract double MicroF1 { get; }

    public abstract double WeightedF1 { get; }

    public abstract double Kappa { get; }

    public abstract double CalibrationError { get; }

    /// <summary>One a class.</summary>
    public abstract double[] Auroc { get; }

    /// <summary>One a class.</summary>
    public abstract double[] AveragePrecision { get; }

    /// <summary><c>numpy.nanmean</c>: what is not defined is left out; NaN where nothing is defined.</summary>
    public static double MeanOfDefined(IEnumerable<double> values) =>
        values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
