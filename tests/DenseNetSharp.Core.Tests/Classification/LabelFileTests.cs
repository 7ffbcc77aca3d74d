using DenseNetSharp.Classification;

namespace DenseNetSharp.Tests.Classification;

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
}
