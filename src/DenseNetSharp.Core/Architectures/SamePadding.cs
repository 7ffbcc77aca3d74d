namespace DenseNetSharp.Architectures;

/// <summary>TensorFlow's <c>padding='same'</c>: as much that the output has ceil(n / stride) pixels, the odd one after.</summary>
internal static class SamePadding
{
    /// <summary>Pixels added to a side, before and after together.</summary>
    public static int Total(int inputSize, int kernelSize, int stride)
    {
        var outputSize = (inputSize + stride - 1) / stride;
        return Math.Max(((outputSize - 1) * stride) + kernelSize - inputSize, 0);
    }

    /// <summary>Pixels added before the first.</summary>
    public static int Before(int inputSize, int kernelSize, int stride) => Total(inputSize, kernelSize, stride) / 2;
}
