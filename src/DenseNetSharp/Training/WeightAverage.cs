using DenseNetSharp.Training.Foreach;
using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.Training;

/// <summary>
/// The exponential moving average of a network's weights and batch statistics, as a network of its own that often
/// generalises better. Source: <c>ExponentialMovingAverage</c> of torchvision's reference training, which is
/// <c>torch.optim.swa_utils.AveragedModel(use_buffers=True)</c>.
/// </summary>
/// <remarks>What is frozen in the network is left alone in the average too: averaging equal values would only round them.
/// </remarks>
public sealed class WeightAverage : IDisposable
{
    /// <summary>Starts with a copy of the network as it is.</summary>
    /// <param name="model">The network, on its device.</param>
    /// <param name="decay">How much of the average stays at an update, at least 0 and below 1; 0.999 for example.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is negative, 1 or more, or no number.</exception>
    public WeightAverage(DenseNet model, double decay)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(decay >= 0 && decay < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay is at least 0 and below 1.");
        }

        Decay = decay;
        // Making a network draws its initial weights, which must not change what the caller draws next.
        using var state = get_rng_state();
        Model = new DenseNet(model.Spec);
        set_rng_state(state);
        using (var checkpoint = model.ToCheckpoint())
        {
            Model.Restore(checkpoint);
        }

        Model = Model.to(model.FirstWeight.device);
        if (model.IsChannelsLast)
        {
            Model.ToChannelsLast();
        }

        Model.eval();
    }

    /// <summary>The averaged network, in evaluation mode.</summary>
    public DenseNet Model { get; }

    /// <summary>How much of the average stays at an update.</summary>
    public double Decay { get; }

    /// <summary>Whether less of the average stays at the first updates, (1 + updates) / (10 + updates) of it where that is below
    /// <see cref="Decay"/>: on a small data set an average would otherwise hardly leave the first step's weights. Source:
    /// <c>tf.train.ExponentialMovingAverage(decay, num_updates)</c>.</summary>
    public bool WarmsUp { get; init; }

    /// <summary>The updates so far. The first takes the weights as they are.</summary>
    public long Updates { get; internal set; }

    /// <summary>Takes a step's weights in.</summary>
    /// <param name="model">The network that the average is of.</param>
    public void Update(DenseNet model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Update(model.NamedModules().SelectMany(entry => TensorsOf(entry.Module)));
    }

    /// <summary>Takes a step's weights in, of a network that computes in bfloat16: the float32 copies.</summary>
    /// <param name="masters">The copies.</param>
    public void Update(MasterWeights masters)
    {
        ArgumentNullException.ThrowIfNull(masters);
        Update(masters.Tensors());
    }

    /// <summary>Frees the averaged network.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>Takes in tensors in the order of the modules, parameters before buffers in each.</summary>
    internal void Update(IEnumerable<(Tensor Tensor, bool Changes)> current)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var decay = WarmsUp ? Math.Min(Decay, (1.0 + Updates) / (10 + Updates)) : Decay;
        var averages = Model.NamedModules().SelectMany(entry => TensorsOf(entry.Module)).Select(entry => entry.Tensor);
        // Floating-point tensors and whole numbers apart: only tensors of one type share a GPU's kernels.
        foreach (var part in averages.Zip(current).Where(pair => pair.Second.Changes).GroupBy(pair => pair.First.is_floating_point()))
        {
            Tensor[] targets = [.. part.Select(pair => pair.First)], sources = [.. part.Select(pair => pair.Second.Tensor)];
            if (Updates == 0)
            {
                ListOperators.Copy(targets, sources);
            }
            else
            {
                ListOperators.Average(targets, sources, decay);
            }
        }

        Updates++;
    }

    /// <summary>A module's own parameters and buffers, and whether training changes them.</summary>
    internal static IEnumerable<(Tensor Tensor, bool Changes)> TensorsOf(nn.Module module)
    {
        var parameters = module.named_parameters(recurse: false).Select(entry => entry.parameter).ToArray();
        var isTrained = Array.Exists(parameters, parameter => parameter.requires_grad);
        return
        [
            .. parameters.Select(parameter => ((Tensor)parameter, parameter.requires_grad)),
            .. module.named_buffers(recurse: false).Select(entry => (entry.buffer, isTrained)),
        ];
    }
}
