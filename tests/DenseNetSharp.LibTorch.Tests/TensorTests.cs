using TorchSharp;
using static TorchSharp.torch;

namespace DenseNetSharp.LibTorch.Tests;

public class TensorTests
{
    [Fact]
    public void Metadata_describes_shape_type_and_layout()
    {
        using var scope = NewDisposeScope();
        var x = Tensors.Counting(2, 3, 4).transpose(0, 2);

        x.shape.Should().Equal(4, 3, 2);
        x.stride().Should().Equal(1, 4, 12);
        x.size(-1).Should().Be(2);
        (x.ndim, x.numel(), x.ElementSize, x.dtype).Should().Be((3, 24, 4, ScalarType.Float32));
        (x.device_type, x.device_index, x.device.ToString()).Should().Be((DeviceType.CPU, -1, "cpu"));
        x.is_contiguous().Should().BeFalse();
        x.contiguous().is_contiguous().Should().BeTrue();
        x.ToString().Should().Be("[4x3x2], type = Float32, device = cpu");
        tensor(3).ToString().Should().Be("[], type = Int32, device = cpu");
    }

    [Fact]
    public void Elements_are_read_in_row_order_whatever_the_layout()
    {
        using var scope = NewDisposeScope();
        var x = Tensors.Counting(2, 3).transpose(0, 1);

        x.data<float>().ToArray().Should().Equal(0, 3, 1, 4, 2, 5);
        x.data<float>()[1, 1].Should().Be(4);
        x.data<float>()[3].Should().Be(4);
        x.data<float>().Count.Should().Be(6);
        var part = new float[3];
        x.data<float>().CopyTo(part, tensorIndex: 2);
        part.Should().Equal(1, 4, 2);
        x.data<float>().Sum().Should().Be(15);
    }

    [Fact]
    public void Elements_of_another_type_are_refused()
    {
        using var x = ones(2);

        FluentActions.Invoking(() => x.data<double>()).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => x.item<float>()).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Bytes_are_the_tensors_own_memory()
    {
        using var x = zeros(2);
        BitConverter.TryWriteBytes(x.bytes[4..], 1.5f);

        x.data<float>().ToArray().Should().Equal(0, 1.5f);
        x.ReadBytesFromStream(new MemoryStream([0, 0, 128, 63, 0, 0, 0, 64]));
        x.data<float>().ToArray().Should().Equal(1, 2);
        using var transposed = ones(2, 3).transpose(0, 1);
        FluentActions.Invoking(() => transposed.bytes.Length).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Single_elements_convert_to_numbers()
    {
        using var scope = NewDisposeScope();

        tensor(2.5f).ToSingle().Should().Be(2.5f);
        tensor(2.5).ToInt64().Should().Be(2);
        tensor(7L).ToDouble().Should().Be(7);
        tensor(true).ToBoolean().Should().BeTrue();
        tensor(7).ToInt32().Should().Be(7);
        tensor(7L).item<long>().Should().Be(7);
    }

    [Fact]
    public void Arrays_are_copied_and_shaped()
    {
        using var scope = NewDisposeScope();
        float[] source = [1, 2, 3, 4];
        var x = tensor(source, [2, 2]);
        source[0] = 9;

        x.shape.Should().Equal(2, 2);
        x[0, 0].ToSingle().Should().Be(1);
        tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [3, 2]).shape.Should().Equal(3, 2);
        tensor(new[] { 1.5, 2.5 }, ScalarType.Float32).dtype.Should().Be(ScalarType.Float32);
        FluentActions.Invoking(() => tensor(source, [5])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void New_tensors_have_PyTorchs_types()
    {
        using var scope = NewDisposeScope();

        zeros(2, 3).dtype.Should().Be(ScalarType.Float32);
        arange(3).dtype.Should().Be(ScalarType.Int64);
        arange(3.0).dtype.Should().Be(ScalarType.Float32);
        full([2], 1.5).dtype.Should().Be(ScalarType.Float32);
        full([2], 1).dtype.Should().Be(ScalarType.Int64);
        randperm(4).dtype.Should().Be(ScalarType.Int64);
        randint(0, 5, [2]).dtype.Should().Be(ScalarType.Int64);
        zeros_like(ones(2, dtype: float64)).dtype.Should().Be(ScalarType.Float64);
        ones(2, requires_grad: true).requires_grad.Should().BeTrue();
    }

    [Fact]
    public void Conversions_share_memory_where_nothing_changes()
    {
        using var scope = NewDisposeScope();
        var x = ones(2);
        x.to(ScalarType.Float32).add_(1);
        x.to(CPU).add_(1);
        x.to(ScalarType.Float32, copy: true).add_(1);

        x.data<float>().ToArray().Should().Equal(3, 3);
        x.to(ScalarType.Float64, CPU).dtype.Should().Be(ScalarType.Float64);
        x.@long().dtype.Should().Be(ScalarType.Int64);
        x.to_type(ScalarType.Int64, disposeAfter: true);
        x.IsInvalid.Should().BeTrue();
    }

    [Fact]
    public void Devices_are_named_as_in_PyTorch()
    {
        device("cpu").type.Should().Be(DeviceType.CPU);
        new Device("cuda:1").ToString().Should().Be("cuda:1");
        new Device("cuda").index.Should().Be(-1);
        new Device(DeviceType.CUDA, 2).ToString().Should().Be("cuda:2");
    }

    [SkippableFact]
    public void Without_a_CUDA_device_asking_for_one_is_an_error()
    {
        Skip.If(cuda.is_available(), "There is a CUDA device.");
        using var x = ones(2);

        cuda.device_count().Should().Be(0);
        FluentActions.Invoking(() => x.cuda()).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => x.to("cuda:0")).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Handles_move_out_of_a_tensor()
    {
        var x = ones(2);
        var before = Tensor.TotalCount;
        var handle = x.DecoupleFromNativeHandle();

        (handle != 0, x.IsInvalid, Tensor.TotalCount - before).Should().Be((true, true, -1L));
    }
}
