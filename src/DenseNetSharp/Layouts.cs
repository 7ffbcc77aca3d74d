using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>How tensors <c>[N, C, H, W]</c> lie in memory. TorchSharp has no memory formats, but strides decide.</summary>
internal static class Layouts
{
    /// <summary>Whether a network that is made on a device has its channels last.</summary>
    /// <param name="given">What somebody asked for; null for what is fastest there.</param>
    /// <param name="device">The device; null for the CPU.</param>
    public static bool IsChannelsLast(bool? given, Device? device) => given ?? device?.type == TorchSharp.DeviceType.CUDA;

    /// <summary>The same values with a pixel's channels side by side; the tensor's own memory where it lies so.</summary>
    public static Tensor ChannelsLast(Tensor x)
    {
        using var last = x.permute(0, 2, 3, 1);
        using var laidOut = last.contiguous();
        return laidOut.permute(0, 3, 1, 2);
    }

    /// <summary>The same values in the order of the shape; the tensor's own memory where it lies so.</summary>
    public static Tensor Plain(Tensor x) => x.contiguous();

    /// <summary>Lays out those of some tensors that have four dimensions. The tensors themselves stay: others hold them.</summary>
    public static void Set(IEnumerable<Tensor> tensors, Func<Tensor, Tensor> layout)
    {
        using var normalMode = inference_mode(false);
        using var noGradients = no_grad();
        foreach (var tensor in tensors.Where(tensor => tensor.dim() == 4))
        {
            using var laidOut = layout(tensor);
            tensor.set_(laidOut);
        }
    }
}
