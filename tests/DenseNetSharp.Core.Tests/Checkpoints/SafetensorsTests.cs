using System.Buffers.Binary;
using System.Text;
using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>Files written by hand, by the rules of the format's documentation and against them.</summary>
public sealed class SafetensorsTests
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [Theory]
    [InlineData(Good)]
    [InlineData(Good + "   \n")]
    [InlineData("""{"__metadata__":{"format":"pt"},"a":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"}}""")]
    [InlineData("""{"s":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"e":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]}}""")]
    public void A_sound_header_is_read(string header)
    {
        using var folder = new TemporaryFolder();

        using var checkpoint = Checkpoint.Open(folder.Write("x.safetensors", Make(header, 8)));

        checkpoint.Format.Should().Be(CheckpointFormat.Safetensors);
        checkpoint.Tensors["a"].ToSingleArray().Should().OnlyContain(value => value == 0);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"__metadata__":{"n":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"__metadata__":{"n":null},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""")]
    [InlineData("{}")]
    public void A_header_against_the_rules_is_refused(string header)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", Make(header, 8));

        Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));
    }

    [Fact]
    public void A_tensor_whose_name_is_absurdly_long_is_refused()
    {
        using var folder = new TemporaryFolder();
        var header = Good.Replace("\"a\"", $"\"{new string('x', 2000)}\"", StringComparison.Ordinal);
        var path = folder.Write("x.safetensors", Make(header, 8));

        Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path))
            .Message.Should().Contain("has 2000 characters").And.EndWith("x...'.");
    }

    [Fact]
    public void A_header_of_too_many_tensors_is_refused_before_it_takes_memory()
    {
        var header = string.Join(',', Enumerable.Range(0, 200_000)
            .Select(i => $$"""
                "{{i}}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}
                """));

        RefuseCheaply($"{{{header}}}").Should().Contain("100000 tensors");
    }

    [Fact]
    public void A_header_of_too_many_values_is_refused_before_it_takes_memory() =>
        RefuseCheaply($$"""{"a":[{{string.Join(',', Enumerable.Repeat("0", 3_000_000))}}]}""")
            .Should().Contain("2000000 names and values");

    [Fact]
    public void As_many_tensors_as_a_pickle_may_have_are_read()
    {
        using var folder = new TemporaryFolder();
        var header = string.Join(',', Enumerable.Range(0, 100_000)
            .Select(i => $$"""
                "{{i}}":{"dtype":"F32","shape":[0,1,1,1],"data_offsets":[0,0]}
                """));

        using var checkpoint = Checkpoint.Open(
            folder.Write("x.safetensors", Make($$"""{"__metadata__":{"a":"b"},{{header}}}""", 0)));

        checkpoint.Tensors.Should().HaveCount(100_000);
    }

    [Fact]
    public void A_header_longer_than_the_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = Make(Good, 8);
        BinaryPrimitives.WriteInt64LittleEndian(file, 99_000_000);
        var path = folder.Write("x.safetensors", file);

        Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path)).Message.Should().Contain("ends too early");
    }

    private static string RefuseCheaply(string header)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.safetensors", Make(header, 8));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path)).Message;

        // The header itself is read as a whole.
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(header.Length + (1 << 20));
        return message;
    }

    private static byte[] Make(string header, int dataBytes)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + bytes.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, bytes.Length);
        bytes.CopyTo(file, 8);
        return file;
    }
}
