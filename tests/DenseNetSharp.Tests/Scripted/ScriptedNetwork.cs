using DenseNetSharp.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>
/// torchvision's own network, saved by Python with <c>torch.jit.script</c> (<c>script</c> of Reference/common.py) and run by the
/// libtorch of this process: equal bits are due.
/// </summary>
internal sealed class ScriptedNetwork : IDisposable
{
    private readonly jit.ScriptModule _module;

    /// <summary>Opens a network.</summary>
    /// <param name="file">What Python saved.</param>
    /// <param name="type">The type to compute in; null for what was saved.</param>
    public ScriptedNetwork(string file, ScalarType? type = null)
    {
        _module = jit.load(file);
        if (type is { } other)
        {
            _module.to(other);
        }

        Parameters = [.. _module.named_parameters().Select(entry => (entry.name, entry.parameter))];
        State = Parameters.Select(entry => (entry.Name, Tensor: (Tensor)entry.Parameter))
            .Concat(_module.named_buffers().Select(entry => (Name: entry.name, Tensor: entry.buffer)))
            .ToDictionary(entry => entry.Name, entry => entry.Tensor);
    }

    /// <summary>The parameters under torchvision's names, in PyTorch's order.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>Parameters and buffers under torchvision's names.</summary>
    public IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>torchvision's <c>forward</c>.</summary>
    /// <returns>The logits.</returns>
    public Tensor Call(Tensor x) => (Tensor)_module.call(x);

    /// <summary>What each module of <c>features</c> gives, in their order.</summary>
    public List<(string Module, Tensor Output)> Outputs(Tensor x)
    {
        var outputs = new List<(string, Tensor)>();
        var y = x;
        var features = _module.named_modules().Single(entry => entry.name == "features").module;
        foreach (var (name, module) in features.named_children())
        {
            y = (Tensor)((jit.ScriptModule)module).call(y);
            // A clone at once: the ReLU after a norm overwrites its output in place.
            outputs.Add((name, y.clone()));
        }

        return outputs;
    }

    public void Eval() => _module.eval();

    /// <summary>Training mode, but for the batch norms whose weights are frozen.</summary>
    public void Train()
    {
        _module.train();
        var frozenNorms = Parameters
            .Where(entry => !entry.Parameter.requires_grad && entry.Name.EndsWith(".weight", StringComparison.Ordinal))
            .Select(entry => entry.Name[..^".weight".Length])
            .Where(name => State.ContainsKey($"{name}.running_mean"))
            .ToHashSet();
        if (frozenNorms.Count > 0)
        {
            foreach (var (name, module) in _module.named_modules())
            {
                if (frozenNorms.Contains(name))
                {
                    module.eval();
                }
            }
        }
    }

    /// <summary>Trains the parameters that <paramref name="isTrained"/> says, and no others.</summary>
    public void Freeze(Func<string, bool> isTrained)
    {
        foreach (var (name, parameter) in Parameters)
        {
            parameter.requires_grad = isTrained(name);
            if (!parameter.requires_grad)
            {
                parameter.grad = null;
            }
        }
    }

    public void Load(Checkpoint checkpoint)
    {
        using var noGradients = no_grad();
        foreach (var (name, tensor) in State)
        {
            using var value = checkpoint.Tensors[name].ToTensor();
            tensor.copy_(value);
        }
    }

    public void Dispose() => _module.Dispose();
}
