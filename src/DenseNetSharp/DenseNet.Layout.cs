using static TorchSharp.torch;

namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>Whether weights and maps lie in memory with their channels last (PyTorch's <c>channels_last</c>).</summary>
    public bool IsChannelsLast { get; private set; }

    /// <summary>
    /// Lays the convolutions' weights, and from now on all images and maps, out in memory with the channels last: PyTorch's
    /// <c>model.to(memory_format=torch.channels_last)</c>. Shapes, keys and files stay as they are, and images may come in either layout;
    /// results change in their last bits, for other kernels compute them. Faster on recent GPUs, where it is the default
    /// (<see cref="DenseNetOptions.ChannelsLast"/>), and on some CPUs.
    /// </summary>
    /// <returns>This network.</returns>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public DenseNet ToChannelsLast()
    {
        using var change = _gate.Change();
        Layouts.Set(parameters(), Layouts.ChannelsLast);
        IsChannelsLast = true;
        return this;
    }

    /// <inheritdoc cref="nn.Module.save(string, IList{string}?)"/>
    public new nn.Module save(string location, IList<string>? skip = null) => InPlainLayout(() => base.save(location, skip));

    /// <inheritdoc cref="nn.Module.save(BinaryWriter, IList{string}?)"/>
    public new nn.Module save(BinaryWriter writer, IList<string>? skip = null) => InPlainLayout(() => base.save(writer, skip));

    /// <inheritdoc cref="nn.Module.save(Stream, IList{string}?)"/>
    public new nn.Module save(Stream stream, IList<string>? skip = null) => InPlainLayout(() => base.save(stream, skip));

    /// <summary>TorchSharp's own files are a tensor's memory as it is, which must be in the order of its shape.</summary>
    private nn.Module InPlainLayout(Func<nn.Module> work)
    {
        using var change = _gate.Change();
        if (!IsChannelsLast)
        {
            return work();
        }

        try
        {
            Layouts.Set(parameters(), Layouts.Plain);
            return work();
        }
        finally
        {
            Layouts.Set(parameters(), Layouts.ChannelsLast);
        }
    }
}
