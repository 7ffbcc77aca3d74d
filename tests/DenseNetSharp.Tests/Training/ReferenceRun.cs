using DenseNetSharp.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests.Training;

/// <summary>A whole run of torchvision's network as a PyTorch script would make it, with torch.optim's own rates in every batch.</summary>
internal sealed class ReferenceRun : IDisposable
{
    private readonly FineTunerRuns _runs;
    private readonly Checkpoint _rates;
    private readonly Dictionary<string, Tensor> _average = [];
    private readonly Dictionary<string, Parameter> _masters = [];
    private readonly optim.Optimizer _optimizer;

    /// <summary>Prepares a run.</summary>
    /// <param name="runs">The files.</param>
    /// <param name="network">The scripted network's file.</param>
    /// <param name="rates">The file of rates, decays and momenta.</param>
    /// <param name="create">Makes the optimizer of a group for each parameter, given their decays.</param>
    public ReferenceRun(FineTunerRuns runs, string network, string rates, Func<IReadOnlyList<(Parameter Parameter, double Decay)>, optim.Optimizer> create)
    {
        _runs = runs;
        Network = new ScriptedNetwork(runs.Reference(network));
        _rates = Checkpoint.Open(runs.Reference($"{rates}-rates.pth"));
        using var initial = Checkpoint.Open(runs.Reference("initial.pth"));
        foreach (var (name, parameter) in Network.Parameters.Where(entry => entry.Parameter.dtype == ScalarType.BFloat16))
        {
            _masters[name] = nn.Parameter(initial.Tensors[name].ToTensor());
        }

        var decays = Doubles("decays");
        _optimizer = create([.. Network.Parameters.Select((entry, i) => (_masters.GetValueOrDefault(entry.Name, entry.Parameter), decays[i]))]);
    }

    public ScriptedNetwork Network { get; }

    /// <summary>Which parameters an epoch trains.</summary>
    public Func<int, string, bool> IsTrained { get; init; } = (_, _) => true;

    /// <summary>What mixup keeps of a batch's images; null without mixup.</summary>
    public Func<int, double>? Share { get; init; }

    /// <summary>How much of the averaged weights stays in a step; null without an average.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>The weights at the end, in float32.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights =>
        Network.State.ToDictionary(entry => entry.Key, entry => _masters.TryGetValue(entry.Key, out var master) ? master : entry.Value);

    /// <summary>The averaged weights.</summary>
    public IReadOnlyDictionary<string, Tensor> Average => _average;

    /// <summary>Trains, and evaluates what was trained (or its average) after each epoch.</summary>
    /// <returns>Of each epoch the mean training loss, and loss and accuracy over the same images.</returns>
    public List<(double TrainingLoss, double ValidationLoss, double Accuracy)> Run()
    {
        using var batches = Checkpoint.Open(_runs.Reference("batches.pth"));
        var training = new ReferenceTraining(Network, _optimizer)
        {
            Prepare = Prepare,
            Loss = (logits, targets) => nn.functional.cross_entropy(_masters.Count > 0 ? logits.to(ScalarType.Float32) : logits, targets),
            GradientsDone = MoveGradients,
            StepDone = Stepped,
        };
        var result = new List<(double, double, double)>();
        for (var epoch = 0; epoch < FineTunerRuns.Epochs; epoch++)
        {
            Network.Freeze(name => IsTrained(epoch, name));
            var sizes = batches.Batches(epoch).Select(batch => batch.Labels.shape[0]).ToArray();
            var losses = training.Epoch(batches.Batches(epoch));
            var sum = losses.Zip(sizes, (loss, size) => (double)loss * size).Sum();
            var (validationLoss, accuracy) = Evaluate();
            result.Add((sum / sizes.Sum(), validationLoss, accuracy));
        }

        return result;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _rates.Dispose();
        Network.Dispose();
    }

    private (Tensor Images, Tensor Targets) Prepare(int batch, Tensor images, Tensor labels)
    {
        var (rates, momenta) = (Doubles("rates"), Doubles("momenta"));
        var count = Network.Parameters.Count;
        foreach (var (i, group) in _optimizer.ParamGroups.Index())
        {
            group.LearningRate = rates[(batch * count) + i];
            if (group is optim.IBetas adam)
            {
                adam.Betas = (momenta[batch], adam.Betas.Item2);
            }
        }

        if (Share is not null)
        {
            // RandomMixup of torchvision's references/classification/transforms.py.
            var share = Share(batch);
            var targets = nn.functional.one_hot(labels, 3).to(ScalarType.Float32);
            var (rolled, rolledTargets) = (images.roll(1, 0), targets.roll(1, 0));
            return (images.mul(share).add(rolled.mul(1.0 - share)), targets.mul(share).add(rolledTargets.mul(1.0 - share)));
        }

        return (_masters.Count > 0 ? images.to(ScalarType.BFloat16) : images, labels);
    }

    private void MoveGradients()
    {
        foreach (var (name, parameter) in Network.Parameters)
        {
            if (_masters.TryGetValue(name, out var master))
            {
                master.grad = parameter.grad!.to(ScalarType.Float32);
                parameter.grad = null;
            }
        }
    }

    private void Stepped()
    {
        using var noGradients = no_grad();
        foreach (var (name, parameter) in Network.Parameters)
        {
            if (_masters.TryGetValue(name, out var master))
            {
                parameter.copy_(master);
            }
        }

        if (AverageDecay is { } decay)
        {
            // torch.optim.swa_utils.AveragedModel with use_buffers=True
            foreach (var (name, tensor) in Network.State)
            {
                if (_average.TryGetValue(name, out var average))
                {
                    average.copy_(average.mul(decay).add(tensor.mul(1 - decay)));
                }
                else
                {
                    _average[name] = tensor.detach().clone().DetachFromDisposeScope();
                }
            }
        }
    }

    private (double Loss, double Accuracy) Evaluate()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var evaluation = Checkpoint.Open(_runs.Reference("evaluation.pth"));
        var (images, labels) = (evaluation.Tensors["images"].ToTensor(), evaluation.Tensors["labels"].ToTensor());
        if (_masters.Count > 0)
        {
            images = images.to(ScalarType.BFloat16);
        }

        var trained = Network.State.ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());
        Set(_average);
        Network.Eval();
        var logits = cat([.. images.split(5).Select(Network.Call)]).to(ScalarType.Float64);
        Set(trained);
        return (nn.functional.cross_entropy(logits, labels).item<double>(), logits.argmax(1).eq(labels).to(ScalarType.Float64).mean().item<double>());
    }

    private void Set(IReadOnlyDictionary<string, Tensor> values)
    {
        foreach (var (name, value) in values)
        {
            Network.State[name].copy_(value);
        }
    }

    private double[] Doubles(string name)
    {
        var tensor = _rates.Tensors[name];
        var values = new double[tensor.ElementCount];
        tensor.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
