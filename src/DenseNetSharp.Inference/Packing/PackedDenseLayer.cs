namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// One dense layer: norm1, conv1 with norm2 folded into it, conv2. Without a bottleneck conv1 is null, and what is called conv2
/// here is the only convolution.
/// </summary>
internal sealed class PackedDenseLayer(NormVectors norm1, PackedMatrix? conv1, PackedConvolution3x3 conv2)
{
    public NormVectors Norm1 => norm1;

    public PackedMatrix? Conv1 => conv1;

    public PackedConvolution3x3 Conv2 => conv2;
}
