using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp;

// TorchSharp's own ways of changing and freeing a network, behind the gate.
public partial class DenseNet
{
    /// <summary>Frees the weights: now, or when the last of the forward passes under way has ended.</summary>
    /// <param name="disposing">False in a finalizer, which frees nothing.</param>
#pragma warning disable CA2215 // The gate calls it, when nobody uses the weights any more.
    protected override void Dispose(bool disposing)
#pragma warning restore CA2215
    {
        if (disposing)
        {
            _gate.Close();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public override void train(bool train = true)
    {
        using var use = _gate.Use();
        base.train(train);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    /// <exception cref="InvalidOperationException">It is called in a hook, in the middle of a forward pass.</exception>
    public override (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
        Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
    {
        using var change = _gate.Change();
        return base.load_state_dict(source, strict, skip);
    }

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        using var change = _gate.Change();
        return base._to(device, dtype, non_blocking);
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        using var change = _gate.Change();
        return base._to(deviceType, deviceIndex, non_blocking);
    }

    /// <inheritdoc/>
    protected override nn.Module _to(ScalarType dtype, bool non_blocking)
    {
        using var change = _gate.Change();
        return base._to(dtype, non_blocking);
    }
}
