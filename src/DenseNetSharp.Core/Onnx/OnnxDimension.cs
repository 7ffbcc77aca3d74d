namespace DenseNetSharp.Onnx;

/// <summary>One size of a value: a number, or a name for one that is known only when the network runs. Of one name are only sizes that
/// are always the same, for ONNX Runtime plans its memory by them.</summary>
/// <param name="Size">The number; 0 where there is a name.</param>
/// <param name="Symbol">The name, or null.</param>
internal readonly record struct OnnxDimension(long Size, string? Symbol)
{
    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(string symbol) => new(0, symbol);
}
