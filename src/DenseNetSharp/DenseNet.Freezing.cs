namespace DenseNetSharp;

public partial class DenseNet
{
    /// <summary>
    /// Makes a copy for predictions alone, in fewer operations, as it computes in evaluation mode: on a GPU a single image waits for
    /// operations to begin more than for their work. A norm that follows a convolution becomes part of it, with its ReLU, so logits differ
    /// in their last digits, by less than a hundred-thousandth of the largest in float32. Hooks are left out, and what happens to this
    /// network afterwards does not change the copy.
    /// </summary>
    /// <returns>The copy, in this network's dtype and layout, on its device; dispose it.</returns>
    /// <exception cref="ObjectDisposedException">The network has been disposed.</exception>
    public FrozenDenseNet Freeze()
    {
        using var use = _gate.Use();
        return new FrozenDenseNet(Spec, state_dict(), FirstWeight, IsChannelsLast);
    }
}
