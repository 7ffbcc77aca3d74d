using static TorchSharp.torch;

namespace DenseNetSharp.Training.Foreach;

/// <summary>TorchSharp's AdamW, each group's parameters in a few calls.</summary>
/// <inheritdoc cref="SGD" path="/remarks"/>
internal sealed class AdamW : TorchSharp.Modules.AdamW
{
    public AdamW(
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
        var largest = options.amsgrad!.Value ? (Func<State, Tensor>)(state => state.max_exp_avg_sq) : null;
        AdaptiveStep.Run(
            Gradients.Of<State>(group, parameter => _state[parameter.Handle]),
            state => ++state.step,
            number => AdaptiveStep.Number(
                number, options.LearningRate!.Value, options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.maximize!.Value) with
            {
                Keep = 1 - options.LearningRate!.Value * options.weight_decay!.Value,
            },
            state => state.exp_avg,
            state => state.exp_avg_sq,
            largest);
    }
}
