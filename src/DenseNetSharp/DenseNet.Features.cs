using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>The features that the classifier sees: the last maps after their ReLU, averaged over each map.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <returns><c>[N, 1024]</c> for densenet121; timm's <c>forward_head(forward_features(x), pre_logits=True)</c>.</returns>
    /// <exception cref="ArgumentException">The images do not fit; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor PooledFeatures(Tensor x)
    {
        using var use = _gate.Use();
        CheckInput(x);
        using var maps = features.call(x);
        // torchvision's is in place; the numbers are the same, and this one leaves the maps as a hook may have kept them.
        using var activated = nn.functional.relu(maps);
        using var pooled = nn.functional.adaptive_avg_pool2d(activated, (1, 1));
        return flatten(pooled, 1);
    }

    /// <summary>What a layer inside the network makes of images.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <param name="layer">The module's name as in the state dict and in PyTorch's <c>named_modules()</c>, for example
    /// <c>features.denseblock3</c> or <c>features.transition2.conv</c>.</param>
    /// <returns>The module's output, for most <c>[N, C', H', W']</c>.</returns>
    /// <exception cref="ArgumentException">There is no such module, it gives no tensor of its own, or the images do not fit.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor LayerOutput(Tensor x, string layer)
    {
        ArgumentException.ThrowIfNullOrEmpty(layer);
        using var use = _gate.Use();
        var module = this.NamedModules().FirstOrDefault(entry => entry.Name == layer).Module;
        Tensor? output = null;
        Action remove = module switch
        {
            nn.Module<Tensor, Tensor> single => single.register_forward_hook((_, _, result) => Keep(result)).remove,
            nn.Module<IList<Tensor>, Tensor> dense => dense.register_forward_hook((_, _, result) => Keep(result)).remove,
            _ => throw new ArgumentException(
                $"The network has no layer '{layer}'; print(model), NamedModules() and 'densenet summary' list them, features.denseblock4 for example.",
                nameof(layer)),
        };
        try
        {
            using var logits = call(x);
        }
        finally
        {
            remove();
        }

        return output ?? throw new ArgumentException($"The layer '{layer}' is not computed in a forward pass.", nameof(layer));

        Tensor Keep(Tensor result)
        {
            // A copy: the ReLU that follows a norm works in place.
            output?.Dispose();
            output = result.clone();
            return result;
        }
    }
}
