namespace DenseNetSharp.Inference.Packing;

/// <summary>
/// A batch norm's statistics and parameters as scale x + shift: scale = weight / sqrt(variance + epsilon),
/// shift = bias - mean scale.
/// </summary>
internal readonly record struct FoldedNorm(float[] Scale, float[] Shift)
{
    public static FoldedNorm Read(NetworkTensors tensors, string name, double epsilon)
    {
        var weight = tensors.Read($"{name}.weight");
        var bias = tensors.Read($"{name}.bias");
        var mean = tensors.Read($"{name}.running_mean");
        var variance = tensors.Read($"{name}.running_var");
        var (scale, shift) = (new float[weight.Length], new float[weight.Length]);
        for (var i = 0; i < weight.Length; i++)
        {
            var factor = weight[i] / Math.Sqrt(variance[i] + epsilon);
            (scale[i], shift[i]) = ((float)factor, (float)(bias[i] - (mean[i] * factor)));
        }

        return new FoldedNorm(scale, shift);
    }

    /// <summary>The norm that changes nothing.</summary>
    public static FoldedNorm None(int channels)
    {
        var scale = new float[channels];
        scale.AsSpan().Fill(1);
        return new FoldedNorm(scale, new float[channels]);
    }

    /// <summary>The norm of what has this added to it first, such as a convolution's bias; null for nothing.</summary>
    public FoldedNorm After(float[]? bias)
    {
        var (scale, shift) = (Scale, Shift);
        return bias is null ? this : this with { Shift = [.. bias.Select((added, i) => (float)(((double)scale[i] * added) + shift[i]))] };
    }

    /// <summary>This norm and then another.</summary>
    public FoldedNorm Then(FoldedNorm next) => new(
        [.. Scale.Zip(next.Scale, (a, b) => a * b)],
        next.After(Shift).Shift);
}
