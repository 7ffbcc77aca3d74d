using DenseNetSharp.Weights;

namespace DenseNetSharp.Core.Tests.Weights;

/// <summary>Weights and options of one's own: what makes no sense is refused at once.</summary>
public sealed class PretrainedWeightsTests
{
    private static readonly PretrainedWeights _weights = TestWeights.At(new Uri("https://example.invalid/net.pth"));

    [Fact]
    public void The_start_of_a_hash_may_be_written_in_any_case_and_be_empty()
    {
        (_weights with { Sha256Prefix = "DEADbeef" }).Sha256Prefix.Should().Be("deadbeef");
        (_weights with { Sha256Prefix = "" }).Sha256Prefix.Should().BeNull();
        (_weights with { Sha256Prefix = TestWeights.Hash }).Sha256Prefix.Should().Be(TestWeights.Hash);
    }

    [Theory]
    [InlineData("xyz")]
    [InlineData(" ")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_hash_is_refused(string prefix)
    {
        var make = () => _weights with { Sha256Prefix = prefix };

        make.Should().Throw<ArgumentException>().WithMessage("*1 to 64 hexadecimal digits*");
    }

    [Theory]
    [InlineData("net.pth")]
    [InlineData("file:///net.pth")]
    [InlineData("ftp://example.invalid/net.pth")]
    [InlineData("https://example.invalid/")]
    [InlineData("https://example.invalid/models/?file=net.pth")]
    public void An_address_that_is_no_files_of_the_web_is_refused(string url)
    {
        var make = () => _weights with { Url = new Uri(url, UriKind.RelativeOrAbsolute) };

        make.Should().Throw<ArgumentException>().WithMessage("*http://*end in a file's name*");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Action[] makes =
        [
            () => _ = new WeightsDownloadOptions { MaxRetries = -1 },
            () => _ = new WeightsDownloadOptions { RetryDelay = TimeSpan.FromTicks(-1) },
            () => _ = new WeightsDownloadOptions { RetryDelay = TimeSpan.MaxValue },
            () => _ = new WeightsDownloadOptions { SilenceTimeout = TimeSpan.Zero },
            () => _ = new WeightsDownloadOptions { SilenceTimeout = TimeSpan.MaxValue },
        ];

        makes.Should().AllSatisfy(make => make.Should().Throw<ArgumentOutOfRangeException>());
    }
}
