using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>Checks what a network is given, before anything is computed: libtorch's own words name no network and no image.</summary>
internal static class NetworkInput
{
    /// <summary>Refuses images that do not suit a network.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="weight">One of its weights.</param>
    /// <param name="x">The images.</param>
    /// <exception cref="ArgumentException">The rank, channels, size, dtype or device does not fit.</exception>
    public static void Require(DenseNetSpec spec, Tensor weight, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 4)
        {
            throw new ArgumentException(
                $"Expected images of shape [N, {spec.InputChannels}, H, W], but got {x.dim()} dimensions: {ShapeOf(x)}.", nameof(x));
        }

        if (x.size(1) != spec.InputChannels)
        {
            throw new ArgumentException(
                $"Expected {spec.InputChannels} channels, but got {x.size(1)} in {ShapeOf(x)}.", nameof(x));
        }

        var (minimum, height, width) = (spec.MinimumInputSize, x.size(2), x.size(3));
        if (height < minimum || width < minimum)
        {
            throw new ArgumentException(
                $"Images must be at least {minimum}x{minimum}, but got {height}x{width} (height x width).", nameof(x));
        }

        RequireSameKind(weight, x, "images", nameof(x));
    }

    /// <summary>Refuses another dtype or device than a network's.</summary>
    public static void RequireSameKind(Tensor weight, Tensor x, string what, string parameter)
    {
        if (x.dtype != weight.dtype)
        {
            throw new ArgumentException(
                $"The network's weights are {weight.dtype}, but the {what} are {x.dtype}.", parameter);
        }

        if (x.device_type != weight.device_type || x.device_index != weight.device_index)
        {
            throw new ArgumentException(
                $"The network is on {weight.device}, but the {what} are on {x.device}.", parameter);
        }
    }

    /// <summary>A tensor's shape as people write it.</summary>
    public static string ShapeOf(Tensor x) => $"[{string.Join(", ", x.shape)}]";
}
