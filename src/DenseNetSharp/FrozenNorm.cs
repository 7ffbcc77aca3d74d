using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>A batch norm with running statistics, and the ReLU that may follow it.</summary>
internal sealed class FrozenNorm : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly Tensor _mean;
    private readonly Tensor _variance;
    private readonly double _epsilon;
    private readonly bool _activates;

    /// <summary>Copies what it needs.</summary>
    /// <param name="module">The norm.</param>
    /// <param name="activates">Whether a ReLU comes next.</param>
    /// <param name="state">The network's tensors.</param>
    /// <param name="epsilon">What is added to a variance.</param>
    public FrozenNorm(DenseNetModule module, bool activates, Dictionary<string, Tensor> state, double epsilon)
    {
        (_weight, _bias, _mean, _variance) = (Copy("weight"), Copy("bias"), Copy("running_mean"), Copy("running_var"));
        (_epsilon, _activates) = (epsilon, activates);

        Tensor Copy(string name)
        {
            using var detached = state[$"{module.Name}.{name}"].detach();
            // A dispose scope of the caller's must not take it.
            return detached.clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Computes the new maps.</summary>
    public Tensor Call(Tensor x)
    {
        var maps = nn.functional.batch_norm(x, _mean, _variance, _weight, _bias, training: false, eps: _epsilon);
        if (_activates)
        {
            maps.relu_();
        }

        return maps;
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { _weight, _bias, _mean, _variance })
        {
            tensor.Dispose();
        }
    }
}
