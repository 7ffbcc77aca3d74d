using static TorchSharp.torch;

namespace DenseNetSharp.Tests;

public sealed class HiddenCachesTests
{
    private const int LargestExtended = unchecked((int)0x80000000);
    private const int Caches = unchecked((int)0x8000001D);

    [Theory]
    [InlineData("AuthenticAMD", 0x80000021, 0, true)]
    [InlineData("AuthenticAMD", 0x80000021, 0x00000121, false)]
    [InlineData("AuthenticAMD", 0x80000008, 0, false)]
    [InlineData("GenuineIntel", 0x80000021, 0, false)]
    public void They_are_hidden_where_AMDs_leaf_of_caches_is_empty(string vendor, uint largest, int firstCache, bool areHidden) =>
        HiddenCaches.AreHidden((leaf, _) => leaf switch
        {
            0 => (0, Part(vendor, 0), Part(vendor, 8), Part(vendor, 4)),
            LargestExtended => ((int)largest, 0, 0, 0),
            Caches => (firstCache, 0, 0, 0),
            _ => default,
        }).Should().Be(areHidden);

    [Theory]
    [InlineData(10, 4)]
    [InlineData(12, 12)]
    [InlineData(24, 12)]
    [InlineData(40, 24)]
    public void Convolutions_of_any_number_of_channels_are_right_whatever_memory_holds(int inChannels, int outChannels)
    {
        using var scope = NewDisposeScope();
        for (var run = 0; run < 5; run++)
        {
            // What is given back to the allocator is what the next tensors are made of.
            for (var length = 64; length < 300_000; length *= 2)
            {
                full([6, length], float.NaN).Dispose();
            }

            var images = randn(2, inChannels, 32, 32);
            var weight = randn(outChannels, inChannels, 3, 3);
            var found = nn.functional.conv2d(images, weight, padding: [1, 1]);
            var expected = nn.functional.conv2d(images.to(ScalarType.Float64), weight.to(ScalarType.Float64), padding: [1, 1]);

            (found.to(ScalarType.Float64) - expected).abs().max().item<double>().Should().BeLessThan(1e-3);
        }
    }

    private static int Part(string vendor, int start) => BitConverter.ToInt32(System.Text.Encoding.ASCII.GetBytes(vendor, start, 4));
}
