using DenseNetSharp.Architectures;
using static TorchSharp.torch;

namespace DenseNetSharp;

/// <summary>TensorFlow's <c>padding='same'</c> before a window that moves by more than a pixel; the odd pixel comes after.</summary>
/// <param name="kernelSize">The window's side in pixels.</param>
/// <param name="stride">The window's step in pixels.</param>
/// <param name="value">What is padded with: 0 before a convolution, minus infinity before a max pooling.</param>
internal sealed class SamePad2d(int kernelSize, int stride, double value) : nn.Module<Tensor, Tensor>(nameof(SamePad2d))
{
    /// <summary>The window's side in pixels.</summary>
    public int KernelSize => kernelSize;

    /// <summary>The window's step in pixels.</summary>
    public int Stride => stride;

    /// <summary>What is padded with.</summary>
    public double Value => value;

    /// <summary>Computes the larger maps.</summary>
    public override Tensor forward(Tensor x)
    {
        var (top, bottom) = Pads(x.size(2));
        var (left, right) = Pads(x.size(3));
        return nn.functional.pad(x, [left, right, top, bottom], TorchSharp.PaddingModes.Constant, value);
    }

    private (long Before, long After) Pads(long size)
    {
        var before = SamePadding.Before((int)size, kernelSize, stride);
        return (before, SamePadding.Total((int)size, kernelSize, stride) - before);
    }
}
