using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// A dense layer's bottleneck, or a whole layer without one, as one node of the autograd graph that keeps its inputs only and
/// computes the rest again in the backward pass. Source: torchvision's <c>call_checkpoint_bottleneck</c>; "Memory-Efficient Implementation of
/// DenseNets", https://arxiv.org/abs/1707.06990.
/// </summary>
internal sealed class RecomputedBottleneck : autograd.SingleTensorFunction<RecomputedBottleneck>
{
    private const string LayerKey = "layer";
    private const string TrainingKey = "training";

    /// <summary>
    /// What the last backward call on this thread returned. Autograd has its own references by the next call; without
    /// disposing these, all layers' gradients would wait for the garbage collector.
    /// </summary>
    [ThreadStatic]
    private static List<Tensor>? _returned;

    [ThreadStatic]
    private static bool _isSuspended;

    /// <summary>Whether bottlenecks are kept all the same on this thread: who looks into the network needs what is in them.</summary>
    public static bool IsSuspended => _isSuspended;

    /// <inheritdoc/>
    public override string Name => nameof(RecomputedBottleneck);

    /// <summary>Computes the bottleneck of <paramref name="layer"/> over <paramref name="features"/>.</summary>
    public static Tensor Apply(_DenseLayer layer, IList<Tensor> features)
    {
        // TorchSharp leaves tensors behind here, one as large as the result.
        using var scope = NewDisposeScope();
        // The parameters are arguments too: autograd builds a graph, and asks for a gradient, only for direct arguments.
        return apply([layer, .. ParametersOf(layer), .. features]).MoveToOuterDisposeScope();
    }

    /// <summary>Keeps bottlenecks on this thread until the result is disposed.</summary>
    public static IDisposable Suspend() => new Suspension();

    /// <summary>The bottleneck; what hooks make in it is theirs and outlives the scopes here.</summary>
    private static Tensor BottleneckOf(_DenseLayer layer, IList<Tensor> features)
    {
        if (!layer.HasHooksOnBottleneck)
        {
            return layer.BottleneckOf(features);
        }

        using var scope = NewDisposeScope();
        var isSeen = ForwardHooks.See(layer.Conv1);
        var bottleneck = ForwardHooks.Own(layer.BottleneckOf(features), isSeen).MoveToOuterDisposeScope();
        scope.Detach([.. scope.DisposablesView]);
        return bottleneck;
    }

    private static IEnumerable<Tensor> ParametersOf(_DenseLayer layer) => layer.Conv1.bias is { } bias
        ? [layer.Norm1.weight, layer.Norm1.bias!, layer.Conv1.weight, bias]
        : [layer.Norm1.weight, layer.Norm1.bias!, layer.Conv1.weight];

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var layer = (_DenseLayer)vars[0];
        var tensors = vars.Skip(1).Cast<Tensor>().ToList();
        ctx.save_data(LayerKey, layer);
        ctx.save_data(TrainingKey, layer.Norm1.training);
        ctx.save_for_backward(tensors);
        return BottleneckOf(layer, [.. tensors.Skip(ParametersOf(layer).Count())]);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        // The scope that it was made in lasts for the whole training step.
        using var gradient = grad_output;
        _returned?.ForEach(tensor => tensor?.Dispose());
        var layer = (_DenseLayer)ctx.get_data(LayerKey);
        var saved = ctx.get_saved_variables();
        List<Tensor> inputs = [.. ParametersOf(layer)];
        var features = saved.Skip(inputs.Count).Select(f => f.detach().requires_grad_(f.requires_grad)).ToList();
        inputs.AddRange(features);
        var wanted = inputs.Where(t => t.requires_grad).ToList();

        IList<Tensor> found;
        using (new AsInForward(layer.Norm1, training: (bool)ctx.get_data(TrainingKey)))
        using (enable_grad())
        {
            var bottleneck = BottleneckOf(layer, features);
            found = autograd.grad([bottleneck], wanted, [gradient]);
        }

        // One entry per argument of apply; none for the layer itself.
        var gradients = new List<Tensor> { null! };
        var next = 0;
        foreach (var input in inputs)
        {
            gradients.Add(input.requires_grad ? found[next++].DetachFromDisposeScope() : null!);
        }

        _returned = gradients;
        return gradients;
    }

    private sealed class Suspension : IDisposable
    {
        private readonly bool _before = _isSuspended;

        public Suspension() => _isSuspended = true;

        public void Dispose() => _isSuspended = _before;
    }

    /// <summary>
    /// Puts a norm in the mode of the forward pass, and back. Its running statistics have moved in the forward pass; the
    /// recomputation must not move them again.
    /// </summary>
    private sealed class AsInForward : IDisposable
    {
        private readonly BatchNorm2d _norm;
        private readonly bool _training;
        private readonly List<(Tensor Live, Tensor Copy)> _statistics = [];

        public AsInForward(BatchNorm2d norm, bool training)
        {
            (_norm, _training) = (norm, norm.training);
            norm.train(training);
            foreach (var live in new[] { norm.running_mean, norm.running_var, norm.num_batches_tracked })
            {
                if (training && live is not null)
                {
                    _statistics.Add((live, live.clone()));
                }
            }
        }

        public void Dispose()
        {
            _norm.train(_training);
            foreach (var (live, copy) in _statistics)
            {
                live.copy_(copy);
                copy.Dispose();
            }
        }
    }
}
