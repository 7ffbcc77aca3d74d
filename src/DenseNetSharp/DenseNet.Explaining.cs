using System.Runtime.InteropServices;
using DenseNetSharp.Explanations;
using DenseNetSharp.Images;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet : IExplainableNetwork
{
    /// <summary>Computes heat maps of what in images speaks for classes, in evaluation mode whatever mode the network is in; the
    /// network, its modes and its gradients stay as they are, and frozen parameters change nothing.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <param name="classes">A class an image, from 0.</param>
    /// <param name="method">How; null for <see cref="ExplanationMethod.ClassActivation"/> where no layer is named and the network
    /// allows it, else <see cref="ExplanationMethod.GradCam"/>.</param>
    /// <param name="layer">The module whose maps are looked at, as in <see cref="LayerOutput"/>; the last maps, after their ReLU
    /// (<see cref="ForwardFeatures"/>), if null.</param>
    /// <returns><c>[N, h, w]</c> for maps of that size, float32, on the network's device.</returns>
    /// <exception cref="ArgumentException">There is no such class or layer, not one class an image, the layer gives no maps, or the
    /// images do not fit.</exception>
    /// <exception cref="NotSupportedException">The network has no classifier, or no class activation map.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called with a layer in a hook, in the middle of a forward pass.</exception>
    public Tensor Explain(Tensor x, IReadOnlyList<int> classes, ExplanationMethod? method = null, string? layer = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(classes);
        var how = ClassActivations.MethodOf(Spec, method, layer);
        ClassActivations.Require(Spec, how, layer, classes);
        if (x.dim() > 0 && x.size(0) != classes.Count)
        {
            throw new ArgumentException($"There are {classes.Count} classes for {x.size(0)} images; each needs one.", nameof(classes));
        }

        using var normalMode = inference_mode(false);
        using var detached = x.detach();
        using var images = detached.clone();
        Tensor? maps = null;
        using var tap = layer is null ? null : new Tap(this, layer, BeginGraph);
        using var use = _gate.Use();
        using var evaluation = new EvaluationMode(this);
        using var keptWhole = RecomputedBottleneck.Suspend();
        using var recording = enable_grad();
        try
        {
            using var logits = layer is null ? LogitsOfMaps(images) : call(images);
            return maps?.dim() == 4
                ? HeatMaps(maps, logits, classes, how)
                : throw new ArgumentException(
                    $"The layer '{layer}' gives no maps of which a heat map could be made; features.denseblock4 does.", nameof(layer));
        }
        finally
        {
            maps?.Dispose();
        }

        Tensor LogitsOfMaps(Tensor images)
        {
            // A hook may want gradients, which no layer before the last maps records for a heat map.
            using (set_grad_enabled(this.NamedModules().Any(entry => ForwardHooks.See(entry.Module))))
            {
                using var last = LastMaps(images);
                maps = last.detach();
            }

            maps.requires_grad_();
            using var pooled = Pooled(maps);
            return LogitsOf(pooled);
        }

        // The graph begins here, whichever parameters are frozen; a clone, for the ReLU after a norm works in place.
        Tensor BeginGraph(Tensor output)
        {
            maps = output.detach().requires_grad_();
            return maps.clone();
        }
    }

    private static Tensor HeatMaps(Tensor maps, Tensor logits, IReadOnlyList<int> classes, ExplanationMethod method)
    {
        using var scope = NewDisposeScope();
        var indices = tensor([.. classes.Select(index => (long)index)], device: logits.device).unsqueeze(1);
        var score = logits.gather(1, indices).sum();
        var type = maps.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var gradient = autograd.grad([score], [maps])[0].to(type);
        using var noGradients = no_grad();
        var activation = maps.detach().to(type);
        long[] places = [2, 3];
        return (method switch
        {
            ExplanationMethod.ClassActivation => Weighted(gradient.sum(places, keepdim: true)),
            ExplanationMethod.GradCam => Weighted(gradient.mean(places, keepdim: true)).relu(),
            _ => Weighted((Shares() * gradient.relu()).sum(places, keepdim: true)).relu(),
        }).to(ScalarType.Float32).MoveToOuterDisposeScope();

        Tensor Weighted(Tensor weights) => (weights * activation).sum(1);

        // Equation 19.
        Tensor Shares()
        {
            var square = gradient * gradient;
            var denominator = square + square + (activation.sum(places, keepdim: true) * square * gradient);
            var zero = zeros_like(square);
            return where(denominator.eq(zero), zero, square / denominator);
        }
    }

    /// <inheritdoc/>
    public HeatMap Explain(
        ReadOnlySpan<float> chw,
        ImageSize size,
        int classIndex,
        ExplanationMethod? method = null,
        string? layer = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Classification.PredictionSpans.RequireImages(Spec, chw, 1, size);
        try
        {
            using var images = ImageTensors.Of(chw, 1, Spec.InputChannels, size.Height, size.Width);
            using var moved = images.to(FirstWeight.dtype, FirstWeight.device);
            using var maps = Explain(moved, [classIndex], method, layer);
            using var onHost = maps.cpu();
            using var values = onHost.contiguous();
            return new HeatMap((int)values.size(1), (int)values.size(2), MemoryMarshal.Cast<byte, float>(values.bytes));
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            throw OutOfMemory.InBatch(FirstWeight.device, 1, size, exception);
        }
    }
}
