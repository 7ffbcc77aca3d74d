using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp.Training.Foreach;

/// <summary>What the optimizers of this folder have in common.</summary>
internal static class Gradients
{
    /// <summary>The parameters of a group that have gradients, with them and what the optimizer remembers of each.</summary>
    public static IEnumerable<Entry<TState>> Of<TState>(ParamGroup group, Func<Parameter, OptimizerState> stateOf)
        where TState : OptimizerState
    {
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is { } gradient)
            {
                yield return new Entry<TState>(parameter, gradient, (TState)stateOf(parameter));
            }
        }
    }

    /// <summary>One tensor an entry.</summary>
    public static Tensor[] All<TState>(this IEnumerable<Entry<TState>> entries, Func<Entry<TState>, Tensor> tensor) => [.. entries.Select(tensor)];

    /// <summary>Drops gradients, as PyTorch's <c>zero_grad</c> does: backward then need not add to zeros.</summary>
    public static void Drop(IEnumerable<Parameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>A parameter that a step changes.</summary>
    public readonly record struct Entry<TState>(Parameter Parameter, Tensor Gradient, TState State);
}
