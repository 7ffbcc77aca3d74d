using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>
/// Halves height and width, each map blurred by the 3x3 binomial filter, borders reflected. Source: timm's <c>BlurPool2d</c>;
/// Zhang, "Making Convolutional Networks Shift-Invariant Again", https://arxiv.org/abs/1904.11486.
/// </summary>
internal sealed class BlurPool2d : nn.Module<Tensor, Tensor>
{
    // The outer product of (1, 2, 1) / 4 with itself; exact in every floating type.
    private static readonly float[] _filter = [1 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 4 / 16f, 2 / 16f, 1 / 16f, 2 / 16f, 1 / 16f];

    public BlurPool2d()
        : base(nameof(BlurPool2d))
    {
    }

    /// <summary>Computes the smaller maps, in the dtype and on the device of the input.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var channels = x.size(1);
        // Made anew each time: a buffer would be a key of the state dict, and one that is kept is bound to a dtype and a device.
        var filter = tensor(_filter, [1, 1, 3, 3], dtype: x.dtype, device: x.device).expand(channels, 1, 3, 3);
        var padded = nn.functional.pad(x, [1, 1, 1, 1], TorchSharp.PaddingModes.Reflect);
        return nn.functional.conv2d(padded, filter, strides: [2, 2], groups: channels).MoveToOuterDisposeScope();
    }
}
