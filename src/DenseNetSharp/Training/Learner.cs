using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>What learns in a run: the network, with the optimizer that changes it and the average that follows it.</summary>
/// <remarks>The network stays the caller's; disposing turns it back to float32.</remarks>
internal sealed class Learner : IDisposable
{
    private readonly FineTuningOptions _options;
    private readonly RunSchedule _schedule;
    private readonly MasterWeights? _masters;
    private readonly ParameterGroups _groups;

    /// <summary>Begins with the weights that the network has.</summary>
    /// <exception cref="NotSupportedException">The device cannot train in bfloat16.</exception>
    public Learner(DenseNet model, FineTuningOptions options, RunSchedule schedule)
    {
        (Model, _options, _schedule) = (model, options, schedule);
        try
        {
            Average = options.AverageDecay is { } decay ? new WeightAverage(model, decay) : null;
            _masters = options.BFloat16 ? new MasterWeights(model) : null;
            // Not before: the parameters of modules that went to bfloat16 are other ones now.
            _groups = ParameterGroups.Of(model, options);
            Optimizer = _groups.CreateOptimizer(options.Optimizer, Trained);
            Trainer = new Trainer(model, Optimizer, FineTuner.LossOf(options))
            {
                AccumulationSteps = options.AccumulationSteps,
                MaxGradientNorm = options.MaxGradientNorm,
                Masters = _masters,
                StepStarting = SetRates,
                StepDone = UpdateAverage,
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The network that is trained.</summary>
    public DenseNet Model { get; }

    /// <summary>The average of its weights; null where there is none.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The network that is validated and saved.</summary>
    public DenseNet Network => Average?.Model ?? Model;

    /// <summary>What changes the weights.</summary>
    public optim.Optimizer Optimizer { get; }

    /// <summary>What makes the steps.</summary>
    public Trainer Trainer { get; }

    /// <summary>The learning rate of the last step; 0 before the first.</summary>
    public double Rate { get; private set; }

    /// <summary>Refuses options that train nothing to begin with.</summary>
    /// <exception cref="ArgumentException">They do, or name what the network does not have.</exception>
    public static void RequireTrained(DenseNet model, FineTuningOptions options)
    {
        if (!ParameterGroups.Of(model, options).TrainsIn(epoch: 0))
        {
            throw new ArgumentException("No stage trains anything in the first epoch.");
        }
    }

    /// <summary>What the optimizer changes for one of the network's parameters.</summary>
    public Parameter Trained(Parameter parameter) => _masters?.Of(parameter) ?? parameter;

    /// <summary>An epoch begins, or goes on.</summary>
    /// <returns>Whether the classifier alone is trained in it.</returns>
    public bool EnterEpoch(RunState state)
    {
        var isClassifierOnly = _groups.EnterEpoch(state.Epoch);
        _schedule.Plateau = state.Plateau;
        if (state.Batch == 0)
        {
            // Batches that were left out must not shift the schedule against the epochs.
            Trainer.Steps = _schedule.FirstStepOf(state.Epoch);
        }

        return isClassifierOnly;
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="batch">The batch; it stays the caller's.</param>
    /// <param name="task">What its targets are.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <returns>The mean loss of its images.</returns>
    /// <exception cref="DivergedException">The loss is not a number.</exception>
    public float Train(EpochBatch batch, ClassificationTask task, int epoch) => Train(batch, task, epoch, Trainer.Train);

    /// <summary>Trains on one batch without waiting for its loss.</summary>
    /// <returns>The mean loss of its images, for <see cref="Trainer.ValueOf"/>; the caller's.</returns>
    /// <inheritdoc cref="Train(EpochBatch, ClassificationTask, int)" path="/param"/>
    public Tensor TrainAhead(EpochBatch batch, ClassificationTask task, int epoch) => Train(batch, task, epoch, Trainer.TrainAhead);

    private T Train<T>(EpochBatch batch, ClassificationTask task, int epoch, Func<Tensor, Tensor, ClassificationTask?, Func<Tensor, Tensor>, T> train)
    {
        using var scope = NewDisposeScope();
        if (Model.Spec.DropRate > 0 || Model.Spec.ClassifierDropRate > 0 || Model.Spec.Head.Any(layer => layer.Rate > 0))
        {
            // A function of the batch, so that a run that goes on draws what an uninterrupted one draws.
            manual_seed((long)(TorchRandom.For(_options.Seed, epoch, long.MinValue + batch.Index).NextUInt64() >> 1));
        }

        var (values, targets) = (batch.Values, batch.Targets);
        if (_options.MixupAlpha > 0)
        {
            var share = Mixup.Share(_options.MixupAlpha, _options.Seed, epoch, batch.Index);
            (values, targets) = (Mixup.Mix(values, share), Mixup.Mix(Mixup.Indicators(targets, Model.Spec.NumClasses), share));
        }

        return train(values, targets, task, batch.IsFeatures ? Model.LogitsOf : Model.call);
    }

    /// <summary>The network's weights as they are trained, in float32.</summary>
    public Checkpoint TrainedWeights(IReadOnlyDictionary<string, string>? metadata = null) => Model.ToCheckpoint(metadata, Trained);

    /// <summary>The weights of <see cref="Network"/>, for others to use.</summary>
    public Checkpoint NetworkWeights(RunDescription description) => Average is null
        ? TrainedWeights(description.ToMetadata())
        : Average.Model.ToCheckpoint(description.ToMetadata());

    /// <summary>Frees all but the network, which is float32 again.</summary>
    public void Dispose()
    {
        Optimizer?.Dispose();
        Average?.Dispose();
        _masters?.Dispose();
    }

    private void SetRates(long step)
    {
        Rate = _schedule.RateAt(step);
        _groups.Set(Optimizer, Rate, _schedule.MomentumAt(step));
    }

    private void UpdateAverage()
    {
        if (_masters is null)
        {
            Average?.Update(Model);
        }
        else
        {
            Average?.Update(_masters);
        }
    }
}
