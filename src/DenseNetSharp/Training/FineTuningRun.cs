using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Reports;

namespace DenseNetSharp.Training;

/// <summary>One run of a <see cref="FineTuner"/>: what changes while it runs.</summary>
internal sealed class FineTuningRun : IDisposable
{
    private readonly FineTuner _tuner;
    private readonly NetworkBeforeRun _before;
    private readonly RunClock _clock;
    private readonly RunReporter _reporter;
    private readonly ImageLoader _loader;
    private readonly FeatureCache _features;
    private readonly Validation? _validation;
    private readonly RunSchedule _schedule;
    private readonly RunFolder _folder;
    private readonly Learner _learner;
    private readonly EpochBatches _batches;
    private readonly RunFiles _files;
    private readonly EpochRanking _ranking;
    private readonly RunBoard? _board;
    private readonly List<string> _remarks;
    private RunState _state = new();
    private bool _saidUndefined;

    public FineTuningRun(FineTuner tuner)
    {
        // What is refused is refused before the folder is made.
        var (model, options) = (tuner.Model, tuner.Options);
        _tuner = tuner;
        _before = new NetworkBeforeRun(model);
        _clock = new RunClock(options.Epochs, tuner.Training.Images.Count, tuner.Validation?.Images.Count ?? 0);
        _reporter = new RunReporter(tuner, _clock);
        var loading = (tuner.Loading ?? new ImageBatchOptions()) with { BatchSize = options.BatchSize };
        _loader = new ImageLoader(tuner.Training, tuner.Preset, tuner.Augmentation ?? options.Augmentation.ToTransform(tuner.Preset))
        {
            Sampler = options.Sampler,
            Options = loading,
            Device = model.FirstWeight.device,
            ImageUnreadable = _reporter.Note,
        };
        _features = FeatureCache.OfTraining(tuner, _loader);
        _validation = tuner.Validation is null
            ? null
            : new Validation(
                tuner,
                new ImageLoader(tuner.Validation, tuner.Preset) { Options = loading, Device = model.FirstWeight.device, ImageUnreadable = _reporter.Note },
                _clock,
                _reporter);
        _schedule = new RunSchedule(options, _loader.BatchesPerEpoch);
        Learner.RequireTrained(model, options);
        var start = RunDescriptions.Of(tuner);
        _ranking = EpochRanking.Of(options, tuner.Training.Task);
        _board = tuner.TensorBoardFolder is { } board ? new RunBoard(board) : null;
        _remarks = [.. RunRemarks.OfClasses(tuner.Training, tuner.Validation)];

        _folder = new RunFolder(tuner.Folder);
        try
        {
            var stateFile = new StateFile(_folder);
            using var saved = stateFile.Find(start, tuner.Resume);
            if (saved is not null)
            {
                _state = RunState.Of(saved).AfterResuming(options.Patience, options.Epochs);
                _remarks.AddRange(ChangesSince(RunDescription.FindIn(saved)!.Training!.Options));
                start = start.WithNotesOf(saved);
                model.Restore(StateFile.WeightsOf(saved));
            }

            _learner = new Learner(model, options, _schedule);
            if (saved is not null)
            {
                StateFile.Restore(saved, _state, _learner);
            }

            _batches = new EpochBatches(_loader, options, _learner.Trainer);
            _files = new RunFiles(_folder, stateFile, _learner, start, options.Stages);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public FineTuningResult Execute(CancellationToken cancellationToken)
    {
        _remarks.ForEach(remark => _tuner.Remark?.Invoke(remark));
        // A run that goes on has the same images, which may lie elsewhere.
        SplitTable.Write(_folder.Split, _tuner.Training, _tuner.Validation, _tuner.ImageRoot);
        if (!_state.HasBegun)
        {
            _files.WriteFirst(_state);
        }
        else if (_state.Epochs.Count > 0)
        {
            // A run that stopped within its first epoch has its first files, and no epoch's yet.
            _files.ReplaceMissing(_state);
        }

        try
        {
            while (!_state.IsDone)
            {
                var isClassifierOnly = _learner.EnterEpoch(_state);
                _clock.StartLap();
                Train(isClassifierOnly, cancellationToken);
                var validation = Validate(isClassifierOnly, cancellationToken);
                EndEpoch(validation);
            }
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            throw NotEnoughMemory(exception);
        }

        var calibrated = _tuner.Calibrate ? RunCalibration.Store(_tuner, _folder, _loader.Options, cancellationToken) : null;
        return new FineTuningResult
        {
            Calibrated = calibrated,
            Epochs = _state.Epochs,
            Best = _state.Epochs.Single(epoch => epoch.Epoch == _state.BestEpoch),
            StoppedEarly = _state.StoppedEarly,
            BestCheckpoint = _folder.Best,
            LastCheckpoint = _folder.Last,
            Labels = _folder.Labels,
            Metrics = _folder.Metrics,
            Curves = _folder.Curves,
            Description = _folder.Description,
            Split = _folder.Split,
            Unreadable = [.. _reporter.Unreadable],
        };
    }

    public void Dispose()
    {
        _features.Dispose();
        _validation?.Dispose();
        _learner?.Dispose();
        _folder.Dispose();
        _before.Restore();
    }

    private void Train(bool isClassifierOnly, CancellationToken cancellationToken)
    {
        var features = FeaturesFor(isClassifierOnly, cancellationToken);
        _learner.Trainer.EnterTraining();
        _batches.RequireLearnable();
        _clock.Start();
        using var ahead = new StepsAhead(_learner, Record);
        foreach (var batch in _batches.From(_state.Epoch, _state.Batch, features))
        {
            using (batch)
            {
                if (_tuner.IsAhead && batch.Count > 0)
                {
                    ahead.Add(batch, _tuner.Training.Task, _state.Epoch);
                }
                else
                {
                    ahead.Settle();
                    Record(batch.Index, batch.Count, batch.Count > 0 ? _learner.Train(batch, _tuner.Training.Task, _state.Epoch) : 0);
                }
            }

            var isStopped = cancellationToken.IsCancellationRequested;
            if (isStopped || (_tuner.Options.SaveEveryBatches is { } interval && (batch.Index + 1) % interval == 0))
            {
                // What is saved is the state after the weights' last step.
                ahead.Settle();
                if (isStopped)
                {
                    throw Stopped(cancellationToken);
                }

                _files.WriteState(_state);
            }
        }

        ahead.Settle();
        _learner.Trainer.Finish();
        _state = _state.AfterBatches(_loader.BatchesPerEpoch);
        if (_state.Images == 0)
        {
            throw new InvalidDataException(_reporter.Unreadable.FirstOrDefault() is { } first
                ? $"No training image can be used; {first.Source.Path}: {first.Error!.Message}"
                : "No training image can be used.");
        }
    }

    private void Record(int batch, int images, float loss)
    {
        _state = _state.AfterBatch(batch, images, loss, _clock.LapSeconds);
        _clock.StartLap();
        _reporter.Trained(_state, _learner.Rate, images);
    }

    private FrozenFeatures? FeaturesFor(bool isClassifierOnly, CancellationToken cancellationToken)
    {
        try
        {
            return _features.Enter(isClassifierOnly, (done, total) => _reporter.Cached(_state, _learner.Rate, done, total), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw Stopped(cancellationToken);
        }
    }

    private Evaluation? Validate(bool isClassifierOnly, CancellationToken cancellationToken)
    {
        try
        {
            return _validation?.Run(_learner, _state, isClassifierOnly, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw Stopped(cancellationToken);
        }
    }

    private void EndEpoch(Evaluation? validation)
    {
        var record = new EpochRecord
        {
            Epoch = _state.Epoch + 1,
            LearningRate = _schedule.RateAt(_schedule.FirstStepOf(_state.Epoch)),
            TrainingLoss = _state.MeanLoss,
            ValidationLoss = validation?.Loss,
            Metrics = validation is null ? [] : EpochMetrics.Of(validation, _tuner.Training.ClassNames),
            Seconds = _state.Seconds + _clock.LapSeconds,
        };
        _state = _state.AfterEpoch(record, _ranking, _tuner.Options.Patience, _tuner.Options.Epochs) with
        {
            Plateau = _schedule.PlateauAfter(record, _ranking),
        };
        if (_ranking.IsUndefined(record) && !_saidUndefined)
        {
            _saidUndefined = true;
            _tuner.Remark?.Invoke(RunRemarks.OfUndefined(_ranking.Metric));
        }

        var isBest = _state.BestEpoch == record.Epoch;
        _files.WriteEpoch(_state, isBest);
        _board?.Add(_state.Epochs);
        _tuner.EpochDone?.Invoke(new FineTuningEpoch(record, validation, isBest));
    }

    /// <summary>What other epochs or another patience than before change.</summary>
    private IEnumerable<string> ChangesSince(FineTuningOptions before)
    {
        _schedule.Plateau = _state.Plateau;
        var schedule = new RunSchedule(before, _loader.BatchesPerEpoch) { Plateau = _state.Plateau };
        var step = _state.Batch > 0 ? _state.Steps : _schedule.FirstStepOf(_state.Epoch);
        return RunRemarks.OfChanges(
            before,
            _tuner.Options,
            _state,
            schedule.RateAt(Math.Min(step, schedule.LastStep)),
            _schedule.RateAt(Math.Min(step, _schedule.LastStep)));
    }

    /// <summary>Saves, and says that the run is stopped.</summary>
    private OperationCanceledException Stopped(CancellationToken cancellationToken)
    {
        _files.WriteStopped(_state);
        return new OperationCanceledException(cancellationToken);
    }

    private InsufficientMemoryException NotEnoughMemory(Exception exception) => new(
        $"{_learner.Model.FirstWeight.device} has not enough memory for a batch of {_tuner.Options.BatchSize} images of "
        + $"{_loader.Preset.FixedOutputSize!.Value} in epoch {_state.Epoch + 1}: take smaller batches (gradients can be accumulated over "
        + $"several), a memory-efficient network or smaller images. {_folder.Path} keeps what was done before.",
        exception);
}
