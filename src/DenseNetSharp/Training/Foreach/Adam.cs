using static TorchSharp.torch;

namespace DenseNetSharp.Training.Foreach;

/// <summary>TorchSharp's Adam, each group's parameters in a few calls.</summary>
/// <inheritdoc cref="SGD" path="/remarks"/>
internal sealed class Adam : TorchSharp.Modules.Adam
{
    public Adam(
        IEnumerable<ParamGroup> groups, double rate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double decay = 0,
        bool amsgrad = false, bool maximize = false)
        : base(groups, rate, beta1, beta2, epsilon, decay, amsgrad, maximize)
    {
    }

    public override void zero_grad() => Gradients.Drop(parameters());

    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Step, closure);

    private void Step(ParamGroup group)
    {
        var options = group.Options;
        Gradients.Entry<State>[] all = [.. Gradients.Of<State>(group, parameter => _state[parameter.Handle])];
        foreach (var entry in all)
        {
            entry.State.step++;
        }

        // A parameter that joined later, or was without a gradient for a time, has made fewer steps.
        foreach (var part in all.GroupBy(entry => entry.State.step))
        {
            var step = AdaptiveStep.Number(
                part.Key, options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.maximize!.Value);
            Gradients.Entry<State>[] entries = [.. part];
            ListOperators.Adapt(
                entries.All(entry => entry.Parameter),
                entries.All(entry => entry.Gradient),
                entries.All(entry => entry.State.exp_avg),
                entries.All(entry => entry.State.exp_avg_sq),
                options.amsgrad!.Value ? entries.All(entry => entry.State.max_exp_avg_sq) : [],
                step with { Decay = options.weight_decay!.Value });
        }
    }
}
