using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>Compares tensors with the reference's.</summary>
internal static class Expectations
{
    /// <summary>Threads that both sides use, where their count can change the last bits.</summary>
    public static int Threads => 2;

    /// <summary>Demands equal shapes and equal bits.</summary>
    public static void ShouldBe(this Tensor actual, CheckpointTensor expected, string what)
    {
        using var tensor = expected.ToTensor();
        actual.ShouldHaveBitsOf(tensor, what);
    }

    /// <summary>Demands equal shapes and equal bits.</summary>
    public static void ShouldHaveBitsOf(this Tensor actual, Tensor expected, string what)
    {
        actual.shape.Should().Equal(expected.shape, "{0} has the reference's shape", what);
        actual.dtype.Should().Be(expected.dtype, "{0} has the reference's type", what);
        if (!actual.HasBitsOf(expected))
        {
            using var scope = NewDisposeScope();
            var (got, want) = (actual.detach().cpu().to(ScalarType.Float64), expected.detach().cpu().to(ScalarType.Float64));
            var differing = got.ne(want).sum().item<long>();
            Assert.Fail($"{what} differs from the reference in {differing} of {want.numel()} values, by up to {(got - want).abs().max().item<double>()}, "
                + $"where the largest is {want.abs().max().item<double>()}.");
        }
    }

    /// <summary>Demands equal shapes, and values within <paramref name="tolerance"/> of the largest.</summary>
    public static void ShouldBeNear(this Tensor actual, CheckpointTensor expected, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        var want = expected.ToTensor();
        actual.shape.Should().Equal(want.shape, "{0} has the reference's shape", what);
        var distance = actual.detach().cpu().sub(want).abs().max().item<float>() / Math.Max(want.abs().max().item<float>(), 1e-3);
        distance.Should().BeLessThanOrEqualTo(tolerance, "{0} is the reference's", what);
    }

    /// <summary>Demands every tensor of a model's state dict to have the reference's bits.</summary>
    public static void StateShouldBe(this DenseNet model, Checkpoint expected)
    {
        var state = model.state_dict();
        state.Keys.Should().BeEquivalentTo(expected.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            state[name].ShouldBe(tensor, name);
        }
    }

    /// <summary>Demands every tensor of a model's state dict to have the reference's bits.</summary>
    public static void StateShouldBe(this DenseNet model, IReadOnlyDictionary<string, Tensor> expected)
    {
        var state = model.state_dict();
        state.Keys.Should().BeEquivalentTo(expected.Keys);
        foreach (var (name, tensor) in expected)
        {
            state[name].ShouldHaveBitsOf(tensor, name);
        }
    }

    /// <summary>Demands equal losses, to the bit.</summary>
    public static void ShouldHaveBitsOf(this IReadOnlyList<float> actual, IReadOnlyList<float> expected) =>
        actual.Select(BitConverter.SingleToInt32Bits).Should().Equal(expected.Select(BitConverter.SingleToInt32Bits),
            "the losses are {0}", string.Join(", ", expected));

    /// <summary>The tensors that are alive, what earlier tests have dropped excepted: their finalizers run whenever they like.
    /// </summary>
    public static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    /// <summary>Whether two tensors have the same shape and the same bits.</summary>
    public static bool HasBitsOf(this Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        return actual.shape.SequenceEqual(expected.shape)
            && actual.detach().cpu().contiguous().bytes.SequenceEqual(expected.detach().cpu().contiguous().bytes);
    }

    /// <summary>The batches that <c>save_batches</c> of Reference/common.py wrote for an epoch.</summary>
    public static IEnumerable<(Tensor Images, Tensor Labels)> Batches(this Checkpoint checkpoint, int epoch)
    {
        for (var i = 0; checkpoint.Tensors.TryGetValue($"images{epoch}-{i}", out var images); i++)
        {
            using var scope = NewDisposeScope();
            yield return (images.ToTensor(), checkpoint.Tensors[$"labels{epoch}-{i}"].ToTensor());
        }
    }

    /// <summary>A checkpoint's tensor as a torch tensor of the same dtype.</summary>
    public static Tensor ToTensor(this CheckpointTensor tensor)
    {
        var type = tensor.DataType switch
        {
            CheckpointDataType.Float32 => ScalarType.Float32,
            CheckpointDataType.Float64 => ScalarType.Float64,
            CheckpointDataType.Int64 => ScalarType.Int64,
            _ => throw new NotSupportedException($"{tensor.DataType}"),
        };
        var result = empty(tensor.Shape.ToArray(), dtype: type);
        tensor.CopyTo(result.bytes);
        return result;
    }
}
