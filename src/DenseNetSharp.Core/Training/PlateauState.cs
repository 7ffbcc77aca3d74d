namespace DenseNetSharp.Training;

/// <summary>Where a <see cref="PlateauSchedule"/> is: what <c>ReduceLROnPlateau.state_dict()</c> has. Data only.</summary>
public sealed record PlateauState
{
    /// <summary>The learning rate from here on.</summary>
    public required double Rate { get; init; }

    /// <summary>The best value so far (<c>best</c>); null before the first.</summary>
    public double? Best { get; init; }

    /// <summary>The epochs in a row without improvement (<c>num_bad_epochs</c>).</summary>
    public int BadEpochs { get; init; }

    /// <summary>The epochs of the pause that are left (<c>cooldown_counter</c>).</summary>
    public int CooldownLeft { get; init; }
}
