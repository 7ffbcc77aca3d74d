using DenseNetSharp.Checkpoints;

namespace DenseNetSharp.Core.Tests.Checkpoints;

/// <summary>A file is known by its content, whatever its name; what is no checkpoint is called by its own name.</summary>
public sealed class RecognitionTests
{
    [Theory]
    [InlineData(CheckpointFormat.Legacy)]
    [InlineData(CheckpointFormat.Zip)]
    [InlineData(CheckpointFormat.Safetensors)]
    [InlineData(CheckpointFormat.TorchSharp)]
    public void The_extension_does_not_matter(CheckpointFormat format)
    {
        using var folder = new TemporaryFolder();
        new Checkpoint([new("a", CheckpointTensor.FromArray([1f], 1))]).Save(folder.File("weights.bin"), format);

        using var checkpoint = Checkpoint.Open(folder.File("weights.bin"));

        checkpoint.Format.Should().Be(format);
    }

    [Theory]
    [InlineData("", "The file is empty, or a pipe or device.")]
    [InlineData("\n <!DOCTYPE html><html>", "a web page")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS pointer")]
    [InlineData("P", "ends before")]
    [InlineData("{\"error\": \"no such file\"}", "is JSON, not a checkpoint")]
    [InlineData("BZh91AY&SY", "compressed; unpack it first")]
    [InlineData("\u0008\u0001\u0012\u0005", "TensorFlow's saved_model.pb")]
    [InlineData("hello, world", "it starts with 68656c6c6f2c2077")]
    public void What_is_no_checkpoint_is_called_by_its_own_name(string content, string named)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pth", System.Text.Encoding.ASCII.GetBytes(content));

        var error = Assert.Throws<CheckpointFormatException>(() => Checkpoint.Open(path));

        error.Message.Should().StartWith(path).And.Contain(named);
    }

    [Fact]
    public void A_file_that_is_not_there_is_no_damaged_file()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(folder.File("x.pth")));
    }
}
