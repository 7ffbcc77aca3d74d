using System.Text;
using DenseNetSharp.Architectures;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.StateDicts;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>TorchSharp's own format, written by hand: by its rules and against them.</summary>
[Collection(TorchFilesCollection.Name)]
public sealed class TorchSharpFormatTests(TorchFiles files)
{
    private const byte Float32 = 6;

    [SkippableFact]
    public void Saving_again_gives_the_very_bytes()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = files.Open("dtypes.dat");

        checkpoint.Save(folder.File("x"), CheckpointFormat.TorchSharp);

        File.ReadAllBytes(folder.File("x")).Should().Equal(File.ReadAllBytes(files.PathOf("dtypes.dat")));
    }

    [SkippableFact]
    public void A_network_is_found_in_it() =>
        ReadingOf("small.dat").Should().Be(ReadingOf("small.zip.pth"));

    // Each count is the first byte of another kind of file: a web page, JSON, a TensorFlow graph, gzip.
    [Theory]
    [InlineData('<')]
    [InlineData('{')]
    [InlineData('[')]
    [InlineData('\b')]
    [InlineData('\u001f')]
    public void A_count_that_is_another_files_mark_is_a_count(char count)
    {
        using var folder = new TemporaryFolder();
        var entries = Enumerable.Range(0, count).SelectMany(i => Entry($"layer{i}.weight", Float32, [1], new byte[4]));

        using var checkpoint = Checkpoint.Open(folder.Write("x.dat", [(byte)count, .. entries]));

        checkpoint.Tensors.Should().HaveCount(count);
    }

    [Theory]
    [InlineData("hello, world, which is a text of some length and no more than that, followed by\n\n\ta list")]
    [InlineData("<html>\n<head>\n\t<title>502 Bad Gateway</title>\n</head>\n<body>\n\n\n\t</body></html>\n\n\n\n\n\n\n")]
    public void A_text_is_not_taken_for_it(string text)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.dat", Encoding.UTF8.GetBytes(text));

        Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path)).Message.Should().MatchRegex("starts with|web page");
    }

    [Fact]
    public void Two_tensors_of_one_name_are_refused() => Refuse([2, .. Entry("a", Float32, [1], new byte[4]), .. Entry("a", Float32, [1], new byte[4])])
        .Should().EndWith("Two tensors are named 'a'.");

    [Fact]
    public void Bytes_after_the_last_tensor_are_refused() => Refuse([1, .. Entry("a", Float32, [1], new byte[7])])
        .Should().EndWith("The file goes on for 3 bytes after the last of its 1 tensors.");

    [Fact]
    public void Elements_that_the_file_does_not_have_are_refused() => Refuse([1, .. Entry("a", Float32, [2, 3], new byte[23])])
        .Should().Contain("The tensor 'a' of shape [2, 3] does not lie in the file");

    [Fact]
    public void A_count_of_more_tensors_than_the_file_has_is_refused() => Refuse([200, 1, .. Entry("a", Float32, [1], new byte[4])])
        .Should().EndWith("The name of the tensor 2 of 200 is damaged, or the file ends before it.");

    [Fact]
    public void A_count_of_more_tensors_than_any_network_has_is_no_checkpoint() =>
        Refuse([0xFF, 0xFF, 0xFF, 0x7F, .. Entry("a", Float32, [1], new byte[4])]).Should().Contain("The file is neither");

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(8)]
    public void An_element_type_that_is_none_here_is_refused_by_its_number(byte type) => Refuse([1, .. Entry("a", type, [1], new byte[8])])
        .Should().EndWith($"The tensor 'a' has TorchSharp's element type {type}, which is not supported.");

    [Fact]
    public void A_later_tensors_unknown_type_is_refused_too() => Refuse([2, .. Entry("a", Float32, [], new byte[4]), .. Entry("b", 100, [1], new byte[8])])
        .Should().EndWith("The tensor 'b' has TorchSharp's element type 100, which is not supported.");

    [Theory]
    [InlineData(1L << 62, 1L << 62)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(1L << 32, 1L << 32)]
    [InlineData(1L << 61, 8L)]
    public void Sizes_whose_product_overflows_are_refused(long first, long second) => Refuse([1, .. Entry("a", Float32, [first, second], new byte[8])])
        .Should().Contain("The tensor 'a' of shape");

    [Fact]
    public void A_size_of_64_bits_which_would_be_negative_is_refused()
    {
        byte[] minusOne = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];

        Refuse([2, .. Entry("a", Float32, [], new byte[4]), 1, (byte)'b', Float32, 1, .. minusOne, 0, 0, 0, 0])
            .Should().EndWith("The tensor 'b' has a damaged shape, or the file ends there.");
    }

    [Fact]
    public void Many_dimensions_are_refused() => Refuse([2, .. Entry("a", Float32, [], new byte[4]), .. Entry("b", Float32, [.. new long[100]], [])])
        .Should().EndWith("The tensor 'b' has 100 dimensions.");

    [Fact]
    public void A_name_that_is_no_text_is_refused() =>
        Refuse([2, .. Entry("a", Float32, [], new byte[4]), 2, 0xC3, 0x28, Float32, 0, 0, 0, 0, 0]).Should().Contain("The name of the tensor 2 of 2 is damaged");

    [Fact]
    public void A_name_that_is_absurdly_long_is_refused() => Refuse([1, .. Entry(new string('x', 2000), Float32, [], new byte[4])])
        .Should().Contain("has 2000 characters");

    private static string Refuse(byte[] file) => HostileFile.Refuse(file, mostAllocatedBytes: 1 << 20).Message;

    private static byte[] Entry(string name, byte type, long[] shape, byte[] elements)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(name);
        writer.Write(type);
        writer.Write7BitEncodedInt64(shape.Length);
        foreach (var size in shape)
        {
            writer.Write7BitEncodedInt64(size);
        }

        writer.Write(elements);
        return stream.ToArray();
    }

    private string ReadingOf(string name)
    {
        using var checkpoint = files.Open(name);
        return DenseNetSpec.Infer(checkpoint).ToString();
    }
}
