using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

public sealed class CheckpointTensorTests
{
    [Fact]
    public void Numbers_go_in_and_come_out()
    {
        var tensor = CheckpointTensor.FromArray([1f, 2f, 3f, 4f, 5f, 6f], 2, 3);

        tensor.ToString().Should().Be("float32 [2, 3]");
        tensor.ElementCount.Should().Be(6);
        tensor.ByteCount.Should().Be(24);
        tensor.ToSingleArray().Should().Equal(1f, 2f, 3f, 4f, 5f, 6f);
    }

    [Fact]
    public void A_scalar_has_no_sizes_and_one_element()
    {
        var tensor = CheckpointTensor.FromArray([7L]);

        tensor.Shape.Should().BeEmpty();
        tensor.DataType.Should().Be(CheckpointDataType.Int64);
        var bytes = new byte[8];
        tensor.CopyTo(bytes);
        bytes.Should().Equal(7, 0, 0, 0, 0, 0, 0, 0);
    }

    [Fact]
    public void Halves_and_doubles_become_singles()
    {
        CheckpointTensor.FromArray([(Half)1.5, Half.NegativeInfinity], 2).ToSingleArray()
            .Should().Equal(1.5f, float.NegativeInfinity);
        CheckpointTensor.FromArray([0.1, 1e300], 2).ToSingleArray().Should().Equal(0.1f, float.PositiveInfinity);
        CheckpointTensor.FromBytes(CheckpointDataType.BFloat16, [1], new byte[] { 0x80, 0x3f }).ToSingleArray()
            .Should().Equal(1f);
    }

    [Fact]
    public void Integers_are_not_read_as_floats() =>
        CheckpointTensor.FromArray([1, 2], 2).Invoking(t => t.ToSingleArray())
            .Should().Throw<InvalidOperationException>().WithMessage("*int32*");

    [Theory]
    [InlineData(new long[] { 3 })]
    [InlineData(new long[] { 1 })]
    [InlineData(new long[] { })]
    [InlineData(new long[] { -1, -2 })]
    [InlineData(new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(new long[] { 0, long.MaxValue })]
    public void A_shape_that_does_not_fit_the_numbers_is_refused(long[] shape)
    {
        var make = () => CheckpointTensor.FromArray([1f, 2f], shape);

        make.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_type_without_a_counterpart_is_refused()
    {
        var make = () => CheckpointTensor.FromArray([1m], 1);

        make.Should().Throw<ArgumentException>().WithMessage("*Decimal*");
    }

    [Fact]
    public void A_destination_of_another_length_is_refused()
    {
        var tensor = CheckpointTensor.FromArray([1f, 2f], 2);

        tensor.Invoking(t => t.CopyTo(new float[3].AsSpan())).Should().Throw<ArgumentException>();
        tensor.Invoking(t => t.CopyTo(new byte[7].AsSpan())).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Two_tensors_of_one_name_are_refused()
    {
        var tensor = CheckpointTensor.FromArray([1f], 1);
        var make = () => new Checkpoint([new("a", tensor), new("a", tensor)]);

        make.Should().Throw<ArgumentException>().WithMessage("*'a'*");
    }
}
