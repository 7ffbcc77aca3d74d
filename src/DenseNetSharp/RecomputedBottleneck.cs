using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// A dense layer's bottleneck as one node of the autograd graph that keeps its inputs only and computes the rest again
/// in the backward pass. Source: torchvision's <c>call_checkpoint_bottleneck</c>; "Memory-Efficient Implementation of
/// DenseNets", https://arxiv.org/abs/1707.06990.
/// </summary>
internal sealed class RecomputedBottleneck : autograd.SingleTensorFunction<RecomputedBottleneck>
{
    /// <inheritdoc/>
    public override string Name => nameof(RecomputedBottleneck);

    /// <summary>Computes the bottleneck of <paramref name="layer"/> over <paramref name="features"/>.</summary>
    public static Tensor Apply(_DenseLayer layer, IList<Tensor> features) =>
        // The parameters are arguments too: autograd builds a graph, and asks for a gradient, only for direct arguments.
        apply([layer, layer.Norm1.weight, layer.Norm1.bias!, layer.Conv1.weight, .. features]);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var layer = (_DenseLayer)vars[0];
        var tensors = vars.Skip(1).Cast<Tensor>().ToList();
        ctx.save_data(nameof(layer), layer);
        ctx.save_for_backward(tensors);
        return layer.BottleneckOf(tensors.GetRange(3, tensors.Count - 3));
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var layer = (_DenseLayer)ctx.get_data("layer");
        var saved = ctx.get_saved_variables();
        var features = saved.Skip(3).Select(f => f.detach().requires_grad_(f.requires_grad)).ToList();
        var inputs = new List<Tensor> { layer.Norm1.weight, layer.Norm1.bias!, layer.Conv1.weight };
        inputs.AddRange(features);
        var wanted = inputs.Where(t => t.requires_grad).ToList();

        IList<Tensor> found;
        using (new KeptStatistics(layer.Norm1))
        using (enable_grad())
        {
            var bottleneck = layer.BottleneckOf(features);
            found = autograd.grad([bottleneck], wanted, [grad_output]);
        }

        // One entry per argument of apply; none for the layer itself.
        var gradients = new List<Tensor> { null! };
        var next = 0;
        foreach (var input in inputs)
        {
            gradients.Add(input.requires_grad ? found[next++].DetachFromDisposeScope() : null!);
        }

        return gradients;
    }

    /// <summary>The running statistics have moved in the forward pass; the recomputation must not move them again.
    /// </summary>
    private sealed class KeptStatistics : IDisposable
    {
        private readonly List<(Tensor Live, Tensor Copy)> _kept = [];

        public KeptStatistics(TorchSharp.Modules.BatchNorm2d norm)
        {
            foreach (var live in new[] { norm.running_mean, norm.running_var, norm.num_batches_tracked })
            {
                if (norm.training && live is not null)
                {
                    _kept.Add((live, live.clone()));
                }
            }
        }

        public void Dispose()
        {
            foreach (var (live, copy) in _kept)
            {
                live.copy_(copy);
                copy.Dispose();
            }
        }
    }
}
