using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>The learning rate and momentum of each step of a run.</summary>
/// <remarks>All but a <see cref="PlateauSchedule"/>'s are functions of the step; that one's follow from <see cref="Plateau"/>.</remarks>
internal sealed class RunSchedule
{
    private readonly double _baseRate;
    private readonly LearningRateSchedule _schedule;
    private readonly TrainingLength _length;

    /// <summary>Lays a schedule over a run.</summary>
    /// <exception cref="ArgumentException">The schedule does not fit into it.</exception>
    public RunSchedule(FineTuningOptions options, int batchesPerEpoch)
    {
        var stepsPerEpoch = (batchesPerEpoch + options.AccumulationSteps - 1) / options.AccumulationSteps;
        _baseRate = options.Optimizer.LearningRate;
        _length = TrainingLength.OfEpochs(options.Epochs, stepsPerEpoch);
        _schedule = options.ScheduleFor(stepsPerEpoch);
    }

    /// <summary>Where a <see cref="PlateauSchedule"/> is; null where it has not begun, and for other schedules.</summary>
    public PlateauState? Plateau { get; set; }

    /// <summary>The first step of an epoch that has all its batches.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public long FirstStepOf(int epoch) => epoch * _length.StepsPerEpoch;

    /// <summary>The last step of the whole run.</summary>
    public long LastStep => _length.TotalSteps - 1;

    /// <summary>The learning rate of a step.</summary>
    public double RateAt(long step) =>
        Plateau is { } plateau && step >= _schedule.WarmupSteps ? plateau.Rate : _schedule.RateAt(_baseRate, step, _length);

    /// <summary>Where a <see cref="PlateauSchedule"/> is once an epoch has ended; null for other schedules, and in the warm-up.</summary>
    /// <param name="record">What the epoch came to.</param>
    /// <param name="ranking">Which figure counts.</param>
    public PlateauState? PlateauAfter(EpochRecord record, EpochRanking ranking) =>
        _schedule is PlateauSchedule schedule && FirstStepOf(record.Epoch) >= schedule.WarmupSteps
            ? schedule.Next(Plateau ?? new PlateauState { Rate = _baseRate }, ranking.ValueOf(record), ranking.HigherIsBetter(record))
            : null;

    /// <summary>The momentum of a step; null where the optimizer's own stays.</summary>
    public double? MomentumAt(long step) => _schedule.MomentumAt(step, _length);
}
