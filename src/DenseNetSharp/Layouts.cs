using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>How tensors <c>[N, C, H, W]</c> lie in memory. TorchSharp has no memory formats, but strides decide.</summary>
internal static class Layouts
{
    /// <summary>The same values with a pixel's channels side by side; the tensor's own memory where it lies so.</summary>
    public static Tensor ChannelsLast(Tensor x)
    {
        using var last = x.permute(0, 2, 3, 1);
        using var laidOut = last.contiguous();
        return laidOut.permute(0, 3, 1, 2);
    }

    /// <summary>The same values in the order of the shape; the tensor's own memory where it lies so.</summary>
    public static Tensor Plain(Tensor x) => x.contiguous();
}
