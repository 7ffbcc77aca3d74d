using static TorchSharp.torch;

namespace DenseNetSharp.Training.Foreach;

/// <summary>TorchSharp's SGD, each group's parameters in a few calls.</summary>
/// <remarks>It has that one's name because saved states have their optimizers'.</remarks>
internal sealed class SGD : TorchSharp.Modules.SGD
{
    public SGD(
        IEnumerable<ParamGroup> groups, double rate, double momentum = 0, double dampening = 0, double decay = 0, bool nesterov = false, bool maximize = false)
        : base(groups, rate, momentum, dampening, decay, nesterov, maximize)
    {
    }

    public override void zero_grad() => Gradients.Drop(parameters());

    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup>(Step, closure);

    private void Step(ParamGroup group)
    {
        var options = group.Options;
        var (decay, momentum, nesterov) = (options.weight_decay!.Value, options.momentum!.Value, options.nesterov!.Value);
        var rate = options.maximize!.Value ? options.LearningRate!.Value : -options.LearningRate!.Value;
        var entries = Gradients.Of<State>(group, parameter => _state[parameter.Handle]);
        foreach (var part in entries.GroupBy(entry => entry.State.momentum_buffer is null).Select(part => (IsFirst: part.Key, Entries: part.ToArray())))
        {
            var (parameters, gradients) = (part.Entries.All(entry => entry.Parameter), part.Entries.All(entry => entry.Gradient));
            if (momentum == 0)
            {
                ListOperators.Descend(parameters, gradients, decay, rate);
            }
            else if (part.IsFirst)
            {
                var buffers = ListOperators.BeginRolling(parameters, gradients, decay, momentum, nesterov, rate);
                foreach (var (entry, buffer) in part.Entries.Zip(buffers))
                {
                    entry.State.momentum_buffer = buffer.DetachFromDisposeScope();
                }
            }
            else
            {
                var buffers = part.Entries.All(entry => entry.State.momentum_buffer);
                ListOperators.GoOnRolling(parameters, gradients, buffers, decay, momentum, 1 - options.dampening!.Value, nesterov, rate);
            }
        }
    }
}
