using TorchSharp;

namespace DenseNetSharp.LibTorch.Tests;

public class PublicApiTests
{
    /// <summary>
    /// Every line of PublicApi.txt is also a line that <see cref="ApiPrinter"/> prints for TorchSharp's own assembly:
    /// what compiles against this binding compiles against TorchSharp.
    /// </summary>
    [Fact]
    public void The_public_surface_is_the_one_written_down()
    {
        var actual = ApiPrinter.Print(typeof(torch).Assembly);
        var written = Path.Combine(AppContext.BaseDirectory, "PublicApi.actual.txt");
        File.WriteAllLines(written, actual);

        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));

        actual.Except(expected).Should().BeEmpty("members are added to PublicApi.txt on purpose; {0} has them all",
            written);
        expected.Except(actual).Should().BeEmpty("members are removed from PublicApi.txt on purpose");
    }
}
