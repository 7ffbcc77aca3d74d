using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>The features that the classifier or head sees: the last maps after their ReLU, pooled as
    /// <see cref="DenseNetSpec.Pooling"/> says, and in training with the dropout before the classifier.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <returns><c>[N, 1024]</c> for densenet121; timm's <c>forward_head(forward_features(x), pre_logits=True)</c>. The maps
    /// themselves where nothing is pooled.</returns>
    /// <exception cref="ArgumentException">The images do not fit; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor PooledFeatures(Tensor x)
    {
        using var use = _gate.Use();
        using var maps = LastMaps(x);
        using var pooled = Pooled(maps);
        return Dropped(pooled);
    }

    /// <summary>The last maps, timm's <c>forward_features</c>: after the last ReLU, where there is a last norm.
    /// (<see cref="Features"/> of torchvision's networks ends before that ReLU.)</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <returns><c>[N, 1024, H/32, W/32]</c> for densenet121.</returns>
    /// <exception cref="ArgumentException">The images do not fit; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor ForwardFeatures(Tensor x)
    {
        using var use = _gate.Use();
        return LastMaps(x);
    }

    /// <summary>What comes after the last maps, timm's <c>forward_head</c>: pooling, in training the dropout, and the classifier
    /// or head.</summary>
    /// <param name="features">What <see cref="ForwardFeatures"/> gives, <c>[N, C, H, W]</c>.</param>
    /// <param name="preLogits">Whether to stop before the classifier, or before the first layer of a head.</param>
    /// <returns>Logits, <c>[N, numClasses]</c>; or pooled features, <c>[N, C]</c>, as they are too where the network has no
    /// classifier.</returns>
    /// <exception cref="ArgumentException">The maps do not fit; nothing has been computed.</exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public Tensor ForwardHead(Tensor features, bool preLogits = false)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var use = _gate.Use();
        if (features.dim() != 4 || features.size(1) != Spec.FeatureCount)
        {
            throw new ArgumentException(
                $"Expected the last maps, of shape [N, {Spec.FeatureCount}, H, W], but got {NetworkInput.ShapeOf(features)}.", nameof(features));
        }

        NetworkInput.RequireSameKind(FirstWeight, features, "maps", nameof(features));
        using var pooled = Pooled(features);
        return preLogits ? Dropped(pooled) : LogitsOf(pooled);
    }

    /// <summary>What a layer inside the network makes of images.</summary>
    /// <param name="x">Normalised images, <c>[N, C, H, W]</c>, as for <see cref="forward"/>.</param>
    /// <param name="layer">The module's name as in the state dict and in PyTorch's <c>named_modules()</c>, for example
    /// <c>features.denseblock3</c> or <c>features.transition2.conv</c>.</param>
    /// <returns>The module's output, for most <c>[N, C', H', W']</c>.</returns>
    /// <exception cref="ArgumentException">There is no such module, it gives no tensor of its own, or the images do not fit.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public Tensor LayerOutput(Tensor x, string layer)
    {
        Tensor? output = null;
        using (new Tap(this, layer, Keep))
        {
            using var use = _gate.Use();
            using var logits = call(x);
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

    /// <summary>Whether a ReLU follows what <see cref="Features"/> gives.</summary>
    private bool IsLastReluOutside => Spec is { HasLastNorm: true, HasLastReLU: true, ActivatesLastMaps: false };

    private Tensor LastMaps(Tensor x)
    {
        NetworkInput.Require(Spec, FirstWeight, x);
        var isSeen = ForwardHooks.See(features);
        using var laidOut = IsChannelsLast ? Layouts.ChannelsLast(x) : null;
        var maps = ForwardHooks.Own(features.call(laidOut is not null && isSeen ? laidOut.alias() : laidOut ?? x), isSeen);
        return IsLastReluOutside ? Activated(maps) : maps;
    }

    /// <summary>The last ReLU's output, for which the last norm's is given up.</summary>
    private static Tensor Activated(Tensor maps)
    {
        using (maps)
        {
            // torchvision's is in place; the numbers are the same, and this one leaves the maps as a hook may have kept them.
            return nn.functional.relu(maps);
        }
    }
}
