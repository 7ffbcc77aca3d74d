namespace DenseNetSharp.Training;

/// <summary>The learning rate and momentum of each step of a run.</summary>
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

    /// <summary>The first step of an epoch that has all its batches.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public long FirstStepOf(int epoch) => epoch * _length.StepsPerEpoch;

    /// <summary>The learning rate of a step.</summary>
    public double RateAt(long step) => _schedule.RateAt(_baseRate, step, _length);

    /// <summary>The momentum of a step; null where the optimizer's own stays.</summary>
    public double? MomentumAt(long step) => _schedule.MomentumAt(step, _length);
}
