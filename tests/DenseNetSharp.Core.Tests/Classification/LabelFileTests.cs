using DenseNetSharp.Classification;

namespace DenseNetSharp.Core.Tests.Classification;

public sealed class LabelFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Each_line_is_a_label()
    {
        File.WriteAllText(_path, "tench\r\ngreat white shark \nÄffchen\n\n");

        LabelFile.Read(_path).Should().Equal("tench", "great white shark", "Äffchen");
    }

    [Theory]
    [InlineData("", "*has no labels*")]
    [InlineData("a\n\nb\n", "*no label on line 2*")]
    public void What_would_shift_the_indices_is_refused(string content, string message)
    {
        File.WriteAllText(_path, content);

        Action read = () => LabelFile.Read(_path);

        read.Should().Throw<InvalidDataException>().WithMessage(message);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Names_that_are_written_are_read_back_and_what_is_no_line_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("labels.txt");

        LabelFile.Write(path, ["cat", "Ankle boot", "été"]);

        LabelFile.Read(path).Should().Equal("cat", "Ankle boot", "été");
        foreach (var name in new[] { "", " cat", "a\nb", "a\r" })
        {
            ((Action)(() => LabelFile.Write(path, ["dog", name]))).Should().Throw<ArgumentException>().WithMessage("*line of its own*");
        }

        LabelFile.Read(path).Should().HaveCount(3);
    }
}
