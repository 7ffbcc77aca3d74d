using TorchSharp;

namespace DenseNetSharp.LibTorch.Tests;

internal static class Tensors
{
    /// <summary>The elements of tensors, as floats, one tensor after the other.</summary>
    public static float[] Floats(params IEnumerable<torch.Tensor> tensors)
    {
        using var scope = torch.NewDisposeScope();
        return tensors
            .SelectMany(tensor => tensor.detach().to_type(torch.ScalarType.Float32).data<float>().ToArray())
            .ToArray();
    }

    /// <summary>The numbers 0, 1, 2, ... in a shape, as floats.</summary>
    public static torch.Tensor Counting(params long[] shape) =>
        torch.arange(shape.Aggregate(1L, (product, size) => product * size), torch.float32).reshape(shape);
}
