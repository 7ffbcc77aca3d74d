using DenseNetSharp.Checkpoints;
using DenseNetSharp.Classification;
using DenseNetSharp.StateDicts;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>The file from which a run goes on. All that this takes is what <see cref="Write"/> lists; <see cref="WeightsOf"/> and
/// <see cref="Restore"/> take it up again.</summary>
internal sealed class StateFile(RunFolder folder)
{
    /// <summary>The file's name, in the run's folder.</summary>
    public const string Name = "state.safetensors";

    private const string WeightsPrefix = "model.";
    private const string AveragePrefix = "average.";
    private const string GradientPrefix = "gradient.";
    private const string OptimizerName = "optimizer";

    /// <summary>Writes the state.</summary>
    /// <param name="learner">What learns.</param>
    /// <param name="state">Where the run is; the learner's counters are the learner's to know.</param>
    /// <param name="description">The run's description.</param>
    public void Write(Learner learner, RunState state, RunDescription description)
    {
        using var weights = learner.TrainedWeights();
        using var average = learner.Average?.Model.ToCheckpoint();
        using var everything = new Checkpoint(
            [
                .. Named(WeightsPrefix, weights),
                .. average is null ? [] : Named(AveragePrefix, average),
                .. GradientsOf(learner),
                new(OptimizerName, BytesOf(learner)),
            ],
            NetworkTraits.AddTo(
                (state with
                {
                    Steps = learner.Trainer.Steps,
                    Accumulated = learner.Trainer.Accumulated,
                    AverageUpdates = learner.Average?.Updates ?? 0,
                }).ToMetadata(description),
                learner.Model.Spec));
        everything.Save(folder.State, CheckpointFormat.Safetensors);
    }

    /// <summary>The network's weights, for the network before anything else begins with it: its average and its float32 copies are
    /// copies of it. The state must stay open.</summary>
    public static Checkpoint WeightsOf(Checkpoint saved) => Part(saved, WeightsPrefix);

    /// <summary>Gives a learner, whose network has its weights, the rest.</summary>
    public static void Restore(Checkpoint saved, RunState state, Learner learner)
    {
        if (learner.Average is { } average)
        {
            average.Model.Restore(Part(saved, AveragePrefix));
            average.Updates = state.AverageUpdates;
        }

        SetBytes(learner, saved.Tensors[OptimizerName]);
        SetGradients(learner, saved);
        learner.Trainer.Steps = state.Steps;
        learner.Trainer.Accumulated = state.Accumulated;
    }

    /// <summary>The state that is to be continued, checked; null where a run begins.</summary>
    /// <param name="wanted">The run that was asked for.</param>
    /// <param name="resume">Whether a run may be continued.</param>
    /// <exception cref="InvalidOperationException">There is a run that is not to be continued, or results without one.</exception>
    /// <exception cref="InvalidDataException">The run is another one, or its state is damaged.</exception>
    public Checkpoint? Find(RunDescription wanted, bool resume)
    {
        if (!File.Exists(folder.State))
        {
            folder.RequireNoResults();
            folder.RemoveLeftovers();
            return null;
        }

        var saved = Checkpoint.Open(folder.State);
        try
        {
            var description = RunDescription.FindIn(saved);
            var hasBegun = description?.Training?.HasBegun ?? throw IsNone(folder.State);
            if (resume)
            {
                RunDifference.RequireNone(description, wanted, folder.Path);
                RunDifference.RequireEpochs(description, wanted.Training!.Options.Epochs, folder.Path);
            }
            else if (hasBegun)
            {
                throw new InvalidOperationException(
                    $"{folder.Path} already holds a run: go on with it ({nameof(FineTuner.Resume)}) or name another folder.");
            }
            else
            {
                // It ended before it learned anything: nothing is lost if another takes its place.
                saved.Dispose();
                saved = null;
                folder.RequireNoResults();
            }

            folder.RemoveLeftovers();
            return saved;
        }
        catch
        {
            saved?.Dispose();
            throw;
        }
    }

    /// <summary>What is wrong with a file of that name that holds something else.</summary>
    public static InvalidDataException IsNone(string path) => new($"{path} is not the state of a run; name another folder.");

    private static IEnumerable<KeyValuePair<string, CheckpointTensor>> Named(string prefix, Checkpoint part) =>
        part.Tensors.Select(entry => KeyValuePair.Create(prefix + entry.Key, entry.Value));

    private static Checkpoint Part(Checkpoint saved, string prefix) => new(
        saved.Tensors
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key[prefix.Length..], entry.Value)),
        // The network's description; the run's belongs to the whole.
        saved.Metadata.Where(entry => entry.Key == NetworkTraits.Key).ToDictionary());

    /// <summary>Gradients that wait for a step.</summary>
    private static IEnumerable<KeyValuePair<string, CheckpointTensor>> GradientsOf(Learner learner)
    {
        if (learner.Trainer.Accumulated == 0)
        {
            yield break;
        }

        foreach (var (name, parameter) in learner.Model.named_parameters())
        {
            using var gradient = learner.Trained(parameter).grad;
            if (gradient is not null)
            {
                yield return new(GradientPrefix + name, CheckpointTensors.Copy(gradient));
            }
        }
    }

    private static void SetGradients(Learner learner, Checkpoint saved)
    {
        foreach (var (name, parameter) in learner.Model.named_parameters())
        {
            if (saved.Tensors.TryGetValue(GradientPrefix + name, out var values))
            {
                using var scope = NewDisposeScope();
                var trained = learner.Trained(parameter);
                var gradient = zeros_like(trained).detach();
                CheckpointTensors.CopyInto(gradient, values);
                trained.grad = gradient;
            }
        }
    }

    /// <summary>What the optimizer remembers, as TorchSharp writes it: a tensor's memory as it is, which must be in the order of its shape.
    /// </summary>
    private static CheckpointTensor BytesOf(Learner learner)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Layouts.Set(TensorsOf(learner.Optimizer), Layouts.Plain);
        try
        {
            ((OptimizerHelper)learner.Optimizer).save_state_dict(writer);
        }
        finally
        {
            LayOut(learner);
        }

        writer.Flush();
        return CheckpointTensor.FromArray(stream.ToArray(), stream.Length);
    }

    private static void SetBytes(Learner learner, CheckpointTensor values)
    {
        var bytes = new byte[values.ByteCount];
        values.CopyTo(bytes);
        using var reader = new BinaryReader(new MemoryStream(bytes));
        Layouts.Set(TensorsOf(learner.Optimizer), Layouts.Plain);
        ((OptimizerHelper)learner.Optimizer).load_state_dict(reader);
        LayOut(learner);
    }

    /// <summary>Tensors of one layout share kernels.</summary>
    private static void LayOut(Learner learner)
    {
        if (learner.Model.IsChannelsLast)
        {
            Layouts.Set(TensorsOf(learner.Optimizer), Layouts.ChannelsLast);
        }
    }

    private static IEnumerable<Tensor> TensorsOf(optim.Optimizer optimizer) => ((OptimizerHelper)optimizer).state_dict().State.SelectMany(state =>
        state switch
        {
            SGD.State sgd => new[] { sgd.momentum_buffer },
            Adam.State adam => [adam.exp_avg, adam.exp_avg_sq, adam.max_exp_avg_sq],
            AdamW.State adamW => [adamW.exp_avg, adamW.exp_avg_sq, adamW.max_exp_avg_sq],
            _ => throw new NotSupportedException($"{optimizer.GetType().Name} is no optimizer of a run."),
        }).Where(tensor => tensor is not null);
}
