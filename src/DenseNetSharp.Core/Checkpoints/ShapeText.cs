namespace DenseNetSharp.Checkpoints;

/// <summary>Writes shapes as PyTorch prints them: <c>[64, 3, 7, 7]</c>.</summary>
internal static class ShapeText
{
    public static string Of(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
