namespace DenseNetSharp.Training;

/// <summary>How <see cref="PlateauSchedule.Threshold"/> is meant.</summary>
public enum PlateauThreshold
{
    /// <summary>As a share of the best value so far (<c>rel</c>).</summary>
    Relative,

    /// <summary>As a difference from it (<c>abs</c>).</summary>
    Absolute,
}
