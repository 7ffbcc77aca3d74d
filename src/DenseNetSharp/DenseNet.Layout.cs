using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>Whether tensors of four dimensions lie with their channels last in memory (PyTorch's <c>channels_last</c>), as
    /// <see cref="ToChannelsLast"/> makes them.</summary>
    public bool IsChannelsLast { get; private set; }

    /// <summary>
    /// Lays the convolutions' weights, and from now on all images and maps, out in memory with the channels last: PyTorch's
    /// <c>model.to(memory_format=torch.channels_last)</c>. Shapes, keys and files stay as they are, and images may come in either layout;
    /// numbers change in their last bits, for other kernels compute them. Faster on recent GPUs and, less so, on CPUs.
    /// </summary>
    /// <returns>This network.</returns>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public DenseNet ToChannelsLast()
    {
        using var change = _gate.Change();
        using var normalMode = inference_mode(false);
        using var noGradients = no_grad();
        foreach (var parameter in parameters())
        {
            if (parameter.dim() == 4)
            {
                // The parameter itself stays: optimizers hold it.
                using var laidOut = ChannelsLast(parameter);
                parameter.set_(laidOut);
            }
        }

        IsChannelsLast = true;
        foreach (var block in features.children().OfType<_DenseBlock>())
        {
            block.IsChannelsLast = true;
        }

        return this;
    }

    /// <summary>Images in the network's layout; null where they stay as they are.</summary>
    private Tensor? LaidOut(Tensor x) => IsChannelsLast ? ChannelsLast(x) : null;

    /// <summary>A tensor with the same values whose channels lie last in memory; TorchSharp has no memory formats, but strides decide.
    /// </summary>
    private static Tensor ChannelsLast(Tensor x)
    {
        using var last = x.permute(0, 2, 3, 1);
        using var laidOut = last.contiguous();
        return laidOut.permute(0, 3, 1, 2);
    }
}
