using System.Reflection;
using System.Runtime.InteropServices;
using DenseNetSharp.Checkpoints;
using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

/// <summary>Compares tensors with the reference's.</summary>
internal static class Expectations
{
    /// <summary>
    /// Whether Python and this process run on the same libtorch, so that equal bits are due: the System back end, or a
    /// NuGet back end that somebody built over it and says so.
    /// </summary>
    public static readonly bool SameLibTorch =
        Environment.GetEnvironmentVariable("DENSENETSHARP_SAME_LIBTORCH") == "1"
        || typeof(Expectations).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Any(a => a is { Key: "TorchBackend", Value: "System" });

    /// <summary>Threads that both sides use, where their count can change the last bits.</summary>
    public static int Threads => 2;

    /// <summary>Demands equal shapes and equal bits; on another libtorch, values within
    /// <paramref name="tolerance"/> of the largest one.</summary>
    public static void ShouldBe(this Tensor actual, CheckpointTensor expected, string what, double tolerance = 1e-4)
    {
        actual.shape.Should().Equal(expected.Shape, "{0} has the reference's shape", what);
        using var local = actual.detach().cpu().contiguous();
        if (expected.DataType != CheckpointDataType.Float32)
        {
            var bytes = new byte[expected.ByteCount];
            expected.CopyTo(bytes.AsSpan());
            local.bytes.SequenceEqual(bytes).Should().BeTrue("{0} equals the reference's", what);
            return;
        }

        var want = expected.ToSingleArray();
        var got = MemoryMarshal.Cast<byte, float>(local.bytes);
        var largest = want.Length == 0 ? 0 : want.Max(Math.Abs);
        var (worst, differing) = (0.0, 0);
        for (var i = 0; i < want.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(want[i]) != BitConverter.SingleToInt32Bits(got[i]))
            {
                differing++;
                worst = Math.Max(worst, Math.Abs((double)want[i] - got[i]));
            }
        }

        if (SameLibTorch)
        {
            differing.Should().Be(0, "{0} equals the reference's to the bit (largest difference {1})", what, worst);
        }
        else
        {
            worst.Should().BeLessThanOrEqualTo(tolerance * Math.Max(largest, 1e-3), "{0} is the reference's", what);
        }
    }

    /// <summary>Demands every tensor of a model's state dict to be the reference's.</summary>
    public static void StateShouldBe(this DenseNet model, Checkpoint expected, double tolerance = 1e-4)
    {
        var state = model.state_dict();
        state.Keys.Should().BeEquivalentTo(expected.Tensors.Keys);
        foreach (var (name, tensor) in expected.Tensors)
        {
            state[name].ShouldBe(tensor, name, tolerance);
        }
    }

    /// <summary>
    /// Demands a training run's losses and final weights to be the reference's to the bit. On another libtorch only the first
    /// three losses are compared: its last bits grow from step to step, and PyTorch 1.13 and 2.6 themselves are 1e-3 apart
    /// after four steps and 0.1 after ten.
    /// </summary>
    public static void ShouldHaveTrainedAs(this DenseNet model, IReadOnlyList<float> losses, Checkpoint expectedLosses, Checkpoint expected)
    {
        if (SameLibTorch)
        {
            using var actual = tensor(losses.ToArray());
            actual.ShouldBe(expectedLosses.Tensors["losses"], "losses");
            model.StateShouldBe(expected);
            return;
        }

        expectedLosses.Tensors["losses"].ToSingleArray().Take(3).Zip(losses, (want, got) => Math.Abs(want - got)).Max()
            .Should().BeLessThan(1e-3f);
    }

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

    /// <summary>A checkpoint's tensor as a torch tensor of the same dtype.</summary>
    public static Tensor ToTensor(this CheckpointTensor tensor)
    {
        var type = tensor.DataType switch
        {
            CheckpointDataType.Float32 => ScalarType.Float32,
            CheckpointDataType.Int64 => ScalarType.Int64,
            _ => throw new NotSupportedException($"{tensor.DataType}"),
        };
        var result = empty(tensor.Shape.ToArray(), dtype: type);
        tensor.CopyTo(result.bytes);
        return result;
    }
}
