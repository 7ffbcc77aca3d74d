using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.Datasets;
using DenseNetSharp.Images;
using DenseNetSharp.Metrics;
using DenseNetSharp.Randomness;
using DenseNetSharp.Reports;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>One run of a <see cref="FineTuner"/>: what changes while it runs.</summary>
internal sealed class FineTuningRun : IDisposable
{
    private const string AveragePrefix = "average.";
    private const string GradientPrefix = "gradient.";
    private const string OptimizerName = "optimizer";

    private readonly FineTuner _tuner;
    private readonly RunFolder _folder;
    private readonly DenseNet _model;
    private readonly FineTuningOptions _options;
    private readonly bool[] _wereTrainable;
    private readonly ImageLoader _loader;
    private readonly ImageLoader? _validationLoader;
    private readonly TrainingLength _length;
    private readonly LearningRateSchedule _schedule;
    private readonly ParameterGroups _groups;
    private readonly WeightAverage? _average;
    private readonly MasterWeights? _masters;
    private readonly optim.Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly RunClock _clock;
    private readonly RunDescription _start;
    private readonly Dictionary<string, ImageBatchItem<LabelledImage>> _unreadable = [];
    private FrozenFeatures? _features;
    private FrozenFeatures? _validationFeatures;
    private RunState _state = new();
    private double _rate;

    public FineTuningRun(FineTuner tuner)
    {
        (_tuner, _model, _options) = (tuner, tuner.Model, tuner.Options);
        _wereTrainable = [.. _model.parameters().Select(parameter => parameter.requires_grad)];
        var batches = (tuner.Loading ?? new ImageBatchOptions()) with { BatchSize = _options.BatchSize };
        _loader = new ImageLoader(tuner.Training, tuner.Preset, tuner.Augmentation ?? _options.Augmentation.ToTransform(tuner.Preset))
        {
            Options = batches,
            ImageUnreadable = Note,
        };
        _validationLoader = tuner.Validation is null
            ? null
            : new ImageLoader(tuner.Validation, tuner.Preset) { Options = batches, ImageUnreadable = Note };
        var stepsPerEpoch = (_loader.BatchesPerEpoch + _options.AccumulationSteps - 1) / _options.AccumulationSteps;
        _length = TrainingLength.OfEpochs(_options.Epochs, stepsPerEpoch);
        _schedule = _options.ScheduleFor(stepsPerEpoch);
        _groups = ParameterGroups.Of(_model, _options);
        if (!_groups.TrainsIn(epoch: 0))
        {
            throw new ArgumentException("No stage trains anything in the first epoch.");
        }

        _start = Describe();
        _clock = new RunClock(_options.Epochs, tuner.Training.Images.Count, tuner.Validation?.Images.Count ?? 0);
        _folder = new RunFolder(tuner.Folder);
        try
        {
            using var saved = FindState();
            if (saved is not null)
            {
                _state = RunState.Of(saved);
                _start = _start with { Training = _start.Training! with { Notes = RunDescription.FindIn(saved)!.Training!.Notes } };
                _model.LoadCheckpoint(SavedRun.Part(saved, SavedRun.WeightsPrefix));
            }

            _average = _options.AverageDecay is { } decay ? new WeightAverage(_model, decay) : null;
            _masters = _options.BFloat16 ? new MasterWeights(_model) : null;
            // Once more: those of modules that went to bfloat16 are other parameters now.
            _groups = ParameterGroups.Of(_model, _options);
            _optimizer = _groups.CreateOptimizer(_options.Optimizer, Trained);
            _trainer = new Trainer(_model, _optimizer, FineTuner.LossOf(_options))
            {
                AccumulationSteps = _options.AccumulationSteps,
                MaxGradientNorm = _options.MaxGradientNorm,
                Masters = _masters,
                StepStarting = SetRates,
                StepDone = UpdateAverage,
            };
            if (saved is not null)
            {
                Restore(saved);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is validated and saved.</summary>
    private DenseNet Network => _average?.Model ?? _model;

    public FineTuningResult Execute(CancellationToken cancellation)
    {
        if (!_state.HasBegun)
        {
            LabelFile.Write(_folder.Labels, _start.ClassNames);
            _start.Save(_folder.Description);
            SaveState();
        }
        else if (_state.Epochs.Count > 0)
        {
            ReplaceMissing();
        }

        try
        {
            while (!_state.IsDone)
            {
                RunEpoch(cancellation);
            }
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            var size = _loader.Preset.FixedOutputSize!.Value;
            throw new InsufficientMemoryException(
                $"{_model.Classifier.weight.device} has not enough memory for a batch of {_options.BatchSize} images of {size} in epoch "
                + $"{_state.Epoch + 1}: take smaller batches (gradients can be accumulated over several), a memory-efficient network or smaller "
                + $"images. {_folder.Path} keeps what was done before.",
                exception);
        }

        return new FineTuningResult
        {
            Epochs = _state.Epochs,
            Best = _state.Epochs.Single(epoch => epoch.Epoch == _state.BestEpoch),
            StoppedEarly = _state.StoppedEarly,
            BestCheckpoint = _folder.Best,
            LastCheckpoint = _folder.Last,
            Unreadable = [.. _unreadable.Values],
        };
    }

    public void Dispose()
    {
        _features?.Dispose();
        _validationFeatures?.Dispose();
        _optimizer?.Dispose();
        _average?.Dispose();
        _masters?.Dispose();
        _folder.Dispose();
        foreach (var (parameter, wasTrainable) in _model.parameters().Zip(_wereTrainable))
        {
            parameter.requires_grad = wasTrainable;
            parameter.grad = null;
        }

        _model.eval();
    }

    private void RunEpoch(CancellationToken cancellation)
    {
        var epoch = _state.Epoch;
        var isClassifierOnly = _groups.EnterEpoch(epoch);
        if (_state.Batch == 0)
        {
            // Batches that were left out must not shift the schedule against the epochs.
            _trainer.Steps = epoch * _length.StepsPerEpoch;
        }

        var watch = Stopwatch.StartNew();
        Train(isClassifierOnly, watch, cancellation);
        var validation = Validate(isClassifierOnly, watch, cancellation);
        EndEpoch(validation, watch.Elapsed.TotalSeconds);
    }

    private void Train(bool isClassifierOnly, Stopwatch watch, CancellationToken cancellation)
    {
        var epoch = _state.Epoch;
        if (isClassifierOnly && CanCacheFeatures)
        {
            _features ??= ComputeFeatures(_loader, "training", watch, cancellation);
        }
        else
        {
            _features?.Dispose();
            _features = null;
        }

        _trainer.EnterTraining();
        RequireLearnableBatches();
        _clock.Start();
        foreach (var batch in _features is null ? Batches(epoch) : FeatureBatches(epoch, _features))
        {
            using (batch)
            {
                var loss = batch.Count > 0 ? TrainOn(batch) : 0;
                _state = _state.AfterBatch(batch.Index, batch.Count, loss, watch.Elapsed.TotalSeconds);
                watch.Restart();
            }

            _clock.Advance(batch.Count);
            Report(FineTuningPhase.Training);
            if (cancellation.IsCancellationRequested)
            {
                Stop(cancellation);
            }

            if (_options.SaveEveryBatches is { } interval && _state.Batch % interval == 0)
            {
                SaveState();
            }
        }

        _trainer.Finish();
        _state = _state.AfterBatches(_loader.BatchesPerEpoch);
        if (_state.Images == 0)
        {
            throw new InvalidDataException(_unreadable.Values.FirstOrDefault() is { } first
                ? $"No training image can be used; {first.Source.Path}: {first.Error!.Message}"
                : "No training image can be used.");
        }
    }

    private float TrainOn(RunBatch batch)
    {
        using var scope = NewDisposeScope();
        var (epoch, classes) = (_state.Epoch, _model.Spec.NumClasses);
        if (_model.Spec.DropRate > 0)
        {
            // A function of the batch, so that a run that goes on draws what an uninterrupted one draws.
            manual_seed((long)(TorchRandom.For(_options.Seed, epoch, long.MinValue + batch.Index).NextUInt64() >> 1));
        }

        var (values, targets) = (batch.Values, batch.Targets);
        if (_options.MixupAlpha > 0)
        {
            var share = Mixup.Share(_options.MixupAlpha, _options.Seed, epoch, batch.Index);
            (values, targets) = (Mixup.Mix(values, share), Mixup.Mix(Mixup.Indicators(targets, classes), share));
        }

        return _trainer.Train(values, targets, _tuner.Training.Task, batch.IsFeatures ? _model.Classifier.call : _model.call);
    }

    /// <summary>An epoch's batches from the one that comes next.</summary>
    private IEnumerable<RunBatch> Batches(int epoch)
    {
        foreach (var batch in _loader.Training(_options.Seed, epoch, _state.Batch))
        {
            // One image may be left of a batch with unreadable ones, or of an epoch; the next epoch has it elsewhere.
            var isUsable = _trainer.CanTrainOn(batch.Images.shape);
            yield return new RunBatch(batch.Index, isUsable ? (int)batch.Images.size(0) : 0, batch.Images, batch.Targets, IsFeatures: false);
        }
    }

    private IEnumerable<RunBatch> FeatureBatches(int epoch, FrozenFeatures features)
    {
        var order = _loader.TrainingOrder(_options.Seed, epoch);
        foreach (var (index, places) in order.Chunk(_options.BatchSize).Index().Skip(_state.Batch))
        {
            if (features.Of(places) is var (indices, values))
            {
                var targets = _loader.TargetsOf([.. indices.Select(place => _tuner.Training.Images[place])]);
                yield return new RunBatch(
                    index, indices.Length, values.DetachFromDisposeScope(), targets.DetachFromDisposeScope(), IsFeatures: true);
            }
        }
    }

    private Evaluation? Validate(bool isClassifierOnly, Stopwatch watch, CancellationToken cancellation)
    {
        if (_validationLoader is null)
        {
            return null;
        }

        try
        {
            if (!(isClassifierOnly && IsWithoutDropout && _options.FeatureCaching != FeatureCaching.None))
            {
                _validationFeatures?.Dispose();
                _validationFeatures = null;
                _clock.Enter(FineTuningPhase.Validating);
                return Checked(Evaluation.Run(
                    Network,
                    _validationLoader.Dataset,
                    _validationLoader.Preset,
                    _validationLoader.Options,
                    count => ReportValidation(count),
                    cancellation));
            }

            _validationFeatures ??= ComputeFeatures(_validationLoader, "validation", watch, cancellation);
            _clock.Enter(FineTuningPhase.Validating);
            return Checked(Evaluate(_validationFeatures, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Stop(cancellation);
            throw;
        }
        catch (ArgumentException exception)
        {
            throw new DivergedException(
                $"What the network makes of the images held out is no number after epoch {_state.Epoch + 1} ({exception.Message}); a smaller "
                + $"learning rate, a warm-up or clipped gradients may help. {_folder.Path} keeps the epochs before.");
        }
    }

    private Evaluation Checked(Evaluation evaluation)
    {
        foreach (var item in evaluation.Unreadable)
        {
            Note(item);
        }

        return evaluation.Count > 0
            ? evaluation
            : throw new InvalidDataException("None of the images held out can be read.");
    }

    private Evaluation Evaluate(FrozenFeatures features, CancellationToken cancellation)
    {
        var evaluation = new Evaluation(_validationLoader!.Dataset);
        foreach (var places in Enumerable.Range(0, _validationLoader.Dataset.Images.Count).Chunk(_options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            if (features.Of(places) is var (indices, values))
            {
                var classifier = Network.Classifier;
                var logits = classifier.call(values.to(classifier.weight.dtype, classifier.weight.device)).to(ScalarType.Float32).cpu();
                evaluation.Add(logits.data<float>().ToArray(), [.. indices.Select(place => _validationLoader.Dataset.Images[place])]);
            }

            ReportValidation(places.Length);
        }

        return evaluation;
    }

    private FrozenFeatures ComputeFeatures(ImageLoader loader, string part, Stopwatch watch, CancellationToken cancellation)
    {
        var done = 0;
        try
        {
            return FrozenFeatures.Compute(
                _model,
                loader,
                _options.FeatureCaching == FeatureCaching.Disk ? Path.Combine(_tuner.FeatureFolder ?? _folder.Path, $"features-{part}.cache") : null,
                batch =>
                {
                    done += batch.Items.Count + batch.Unreadable.Count;
                    _tuner.Progress?.Report(Progress(FineTuningPhase.CachingFeatures) with
                    {
                        Images = done,
                        TotalImages = loader.Dataset.Images.Count,
                        ImagesPerSecond = done / Math.Max(watch.Elapsed.TotalSeconds, 1e-9),
                        Remaining = null,
                    });
                },
                cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Stop(cancellation);
            throw;
        }
    }

    private bool IsWithoutDropout => _model.Spec.DropRate == 0;

    private bool CanCacheFeatures =>
        _options.FeatureCaching != FeatureCaching.None && IsWithoutDropout && _loader.Augmentation is null && _options.MixupAlpha == 0;

    private void EndEpoch(Evaluation? validation, double seconds)
    {
        var record = new EpochRecord
        {
            Epoch = _state.Epoch + 1,
            LearningRate = _schedule.RateAt(_options.Optimizer.LearningRate, _state.Epoch * _length.StepsPerEpoch, _length),
            TrainingLoss = _state.MeanLoss,
            ValidationLoss = validation is null ? null : validation.Multiclass?.Loss ?? validation.Multilabel!.Loss,
            Metrics = validation is null ? [] : EpochMetrics.Of(validation, _tuner.Training.ClassNames),
            Seconds = _state.Seconds + seconds,
        };
        _state = _state.AfterEpoch(record, _options.Patience, _options.Epochs);
        var isBest = _state.BestEpoch == record.Epoch;

        // The state comes last: whatever is killed before it, the epoch is done again and gives the same.
        var description = Current();
        using (var weights = Weights(description))
        {
            if (isBest)
            {
                weights.Save(_folder.Best, CheckpointFormat.Zip);
            }

            weights.Save(_folder.Last, CheckpointFormat.Zip);
        }

        _folder.WriteReports(_state.Epochs);
        description.Save(_folder.Description);
        SaveState();
        _tuner.EpochDone?.Invoke(new FineTuningEpoch(record, validation, isBest));
    }

    /// <summary>Saves and ends the run.</summary>
    private void Stop(CancellationToken cancellation)
    {
        using (var weights = Weights(Current()))
        {
            weights.Save(_folder.Last, CheckpointFormat.Zip);
        }

        SaveState();
        throw new OperationCanceledException(cancellation);
    }

    private Checkpoint Weights(RunDescription description) => _average is null
        ? _model.ToCheckpoint(description.ToMetadata(), Trained)
        : _average.Model.ToCheckpoint(description.ToMetadata());

    private void SaveState()
    {
        _state = _state with
        {
            Steps = _trainer.Steps,
            Accumulated = _trainer.Accumulated,
            AverageUpdates = _average?.Updates ?? 0,
        };
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>();
        using var weights = _model.ToCheckpoint(metadata: null, Trained);
        AddAll(weights, SavedRun.WeightsPrefix);
        using var average = _average?.Model.ToCheckpoint();
        if (average is not null)
        {
            AddAll(average, AveragePrefix);
        }

        if (_trainer.Accumulated > 0)
        {
            foreach (var (name, parameter) in _model.named_parameters())
            {
                using var gradient = Trained(parameter).grad;
                if (gradient is not null)
                {
                    tensors.Add(new(GradientPrefix + name, CheckpointTensors.Copy(gradient)));
                }
            }
        }

        using (var stream = new MemoryStream())
        using (var writer = new BinaryWriter(stream))
        {
            ((OptimizerHelper)_optimizer).save_state_dict(writer);
            writer.Flush();
            tensors.Add(new(OptimizerName, CheckpointTensor.FromArray(stream.ToArray(), stream.Length)));
        }

        using var checkpoint = new Checkpoint(tensors, _state.ToMetadata(Current()));
        checkpoint.Save(_folder.State, CheckpointFormat.Safetensors);

        void AddAll(Checkpoint part, string prefix) =>
            tensors.AddRange(part.Tensors.Select(entry => KeyValuePair.Create(prefix + entry.Key, entry.Value)));
    }

    /// <summary>Writes what somebody has deleted since, as far as the state has it.</summary>
    private void ReplaceMissing()
    {
        var isAtEpochsEnd = _state.Batch == 0;
        var description = Current();
        if (!File.Exists(_folder.Best) && !(isAtEpochsEnd && _state.BestEpoch == _state.Epochs.Count))
        {
            throw new InvalidDataException(
                $"{_folder.Best} is missing, and nothing else has the weights of the best epoch, {_state.BestEpoch}: put it back, or begin anew in "
                + "another folder.");
        }

        foreach (var file in new[] { _folder.Best, _folder.Last }.Where(file => isAtEpochsEnd && !File.Exists(file)))
        {
            using var weights = Weights(description);
            weights.Save(file, CheckpointFormat.Zip);
        }

        LabelFile.Write(_folder.Labels, description.ClassNames);
        _folder.WriteReports(_state.Epochs);
        description.Save(_folder.Description);
    }

    /// <summary>The state that is to be continued, checked; null where a run begins.</summary>
    private Checkpoint? FindState()
    {
        if (!File.Exists(_folder.State))
        {
            _folder.RequireNoResults();
            _folder.RemoveLeftovers();
            return null;
        }

        var saved = Checkpoint.Open(_folder.State);
        try
        {
            var description = RunDescription.FindIn(saved);
            var hasBegun = description?.Training?.HasBegun
                ?? throw SavedRun.IsNoState(_folder.State);
            if (_tuner.Resume)
            {
                RunDifference.RequireNone(description, _start, _folder.Path);
            }
            else if (hasBegun)
            {
                throw new InvalidOperationException(
                    $"{_folder.Path} already holds a run: go on with it ({nameof(FineTuner.Resume)}) or name another folder.");
            }
            else
            {
                // It ended before it learned anything: nothing is lost if another takes its place.
                saved.Dispose();
                saved = null;
                _folder.RequireNoResults();
            }

            _folder.RemoveLeftovers();
            return saved;
        }
        catch
        {
            saved?.Dispose();
            throw;
        }
    }

    private void Restore(Checkpoint saved)
    {
        if (_average is not null)
        {
            _average.Model.LoadCheckpoint(SavedRun.Part(saved, AveragePrefix));
            _average.Updates = _state.AverageUpdates;
        }

        var bytes = new byte[saved.Tensors[OptimizerName].ByteCount];
        saved.Tensors[OptimizerName].CopyTo(bytes);
        using (var reader = new BinaryReader(new MemoryStream(bytes)))
        {
            ((OptimizerHelper)_optimizer).load_state_dict(reader);
        }

        foreach (var (name, parameter) in _model.named_parameters())
        {
            if (saved.Tensors.TryGetValue(GradientPrefix + name, out var values))
            {
                using var scope = NewDisposeScope();
                var trained = Trained(parameter);
                var gradient = zeros_like(trained).detach();
                CheckpointTensors.CopyInto(gradient, values);
                trained.grad = gradient;
            }
        }

        _trainer.Steps = _state.Steps;
        _trainer.Accumulated = _state.Accumulated;
    }

    private Parameter Trained(Parameter parameter) => _masters?.Of(parameter) ?? parameter;

    private void SetRates(long step)
    {
        _rate = _schedule.RateAt(_options.Optimizer.LearningRate, step, _length);
        _groups.Set(_optimizer, _rate, _schedule.MomentumAt(step, _length));
    }

    private void UpdateAverage()
    {
        if (_masters is null)
        {
            _average?.Update(_model);
        }
        else
        {
            _average?.Update(_masters.Tensors());
        }
    }

    private void RequireLearnableBatches()
    {
        var size = _loader.Preset.FixedOutputSize!.Value;
        if (Math.Min(_options.BatchSize, _tuner.Training.Images.Count) == 1
            && !_trainer.CanTrainOn([1, _loader.Preset.Channels, size.Height, size.Width]))
        {
            throw new ArgumentException(
                $"Batches of one image of {size} give the last batch norm one value a channel, from which it cannot learn statistics: take "
                + "larger batches or larger images, or freeze the features.");
        }
    }

    private void Note(ImageBatchItem<LabelledImage> unreadable)
    {
        if (_unreadable.TryAdd(unreadable.Source.Path, unreadable))
        {
            _tuner.ImageUnreadable?.Invoke(unreadable);
        }
    }

    private void ReportValidation(int images)
    {
        _clock.Advance(images);
        Report(FineTuningPhase.Validating);
    }

    private void Report(FineTuningPhase phase) => _tuner.Progress?.Report(Progress(phase));

    private FineTuningProgress Progress(FineTuningPhase phase) => new()
    {
        Phase = phase,
        Epoch = _state.Epoch + 1,
        Epochs = _options.Epochs,
        Images = phase == FineTuningPhase.Validating ? _clock.Images : Math.Min(_state.Batch * _options.BatchSize, _tuner.Training.Images.Count),
        TotalImages = phase == FineTuningPhase.Validating ? _tuner.Validation!.Images.Count : _tuner.Training.Images.Count,
        Loss = _state.MeanLoss,
        LearningRate = _rate,
        ImagesPerSecond = _clock.ImagesPerSecond,
        Remaining = _clock.Remaining(_state.Epoch, _state.Batch * (double)_options.BatchSize),
    };

    private RunDescription Current() => _start with
    {
        Training = _start.Training! with
        {
            EpochsDone = _state.Epochs.Count,
            BatchesDone = _state.Batch,
            BestEpoch = _state.BestEpoch == 0 ? null : _state.BestEpoch,
        },
    };

    private RunDescription Describe() => new()
    {
        Architecture = _model.Spec.Name,
        Task = _tuner.Training.Task,
        ClassNames = _tuner.Training.ClassNames,
        Preset = _tuner.Preset,
        ApplyExifOrientation = _tuner.Loading?.Decode?.ApplyExifOrientation ?? false,
        Training = new TrainingDescription
        {
            Options = _options,
            HasOwnAugmentation = _tuner.Augmentation is not null,
            TrainingImages = _tuner.Training.Images.Count,
            ValidationImages = _tuner.Validation?.Images.Count ?? 0,
            Images = HashOf(_tuner.Training, _tuner.Validation),
            Versions = RunVersions.Current,
            Notes = _tuner.Notes,
        },
    };

    /// <summary>File names and classes, not folders: images may move as a whole.</summary>
    private static string HashOf(params ImageDataset?[] datasets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var image in datasets.SelectMany(dataset => dataset?.Images ?? []))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(image.Path)} {string.Join(' ', image.Classes)}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What a step is made of: images, or frozen features of images, and what they show. None of them may be usable.
    /// </summary>
    private sealed record RunBatch(int Index, int Count, Tensor Values, Tensor Targets, bool IsFeatures) : IDisposable
    {
        public void Dispose()
        {
            Values.Dispose();
            Targets.Dispose();
        }
    }
}
