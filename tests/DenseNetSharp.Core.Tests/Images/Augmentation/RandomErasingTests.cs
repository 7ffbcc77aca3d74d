using System.Runtime.InteropServices;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

[Collection(PillowCollection.Name)]
public class RandomErasingTests(PillowReference pillow)
{
    private static readonly ImageSize Size = new(37, 52);

    [SkippableFact]
    public void Erasing_gives_torchvisions_bits()
    {
        ShouldGiveTorchvisionsValues(new RandomErasing(), "T.RandomErasing()");
        ShouldGiveTorchvisionsValues(new RandomErasing(0.9) { Value = [0.25f] }, "T.RandomErasing(0.9, value=0.25)");
        ShouldGiveTorchvisionsValues(
            new RandomErasing(1) { Scale = (0.001, 1), Ratio = (0.1, 10), Value = [-1.5f, 0.5f, 2] },
            "T.RandomErasing(1, (0.001, 1), (0.1, 10), (-1.5, 0.5, 2.0))");
        ShouldGiveTorchvisionsValues(new RandomErasing(0), "T.RandomErasing(0)");
    }

    [SkippableFact]
    public void Erasing_with_noise_gives_torchvisions_numbers_within_the_tolerance()
    {
        ShouldGiveTorchvisionsValues(
            new RandomErasing { Value = null }, "T.RandomErasing(value='random')", tolerance: 2e-6f);
        ShouldGiveTorchvisionsValues(
            new RandomErasing(1) { Value = null, Scale = (0, 0.01) },
            "T.RandomErasing(1, scale=(0, 0.01), value='random')",
            tolerance: 2e-6f);
    }

    [Fact]
    public void Values_that_do_not_suit_the_channels_are_refused()
    {
        var erasing = new RandomErasing { Value = [1, 2] };
        Action apply = () => erasing.Apply(new float[3 * 4 * 4], 3, 4, new TorchRandom(1));

        apply.Should().Throw<ArgumentException>()
            .WithMessage("Erasing needs a single value or 3 (the number of channels), not 2.");
    }

    [Fact]
    public void Pixels_of_another_number_are_refused()
    {
        Action apply = () => new RandomErasing().Apply(new float[10], 3, 4, new TorchRandom(1));

        apply.Should().Throw<ArgumentException>().WithMessage("*[3, 4, 4] are 48 values, not 10*");
    }

    private void ShouldGiveTorchvisionsValues(RandomErasing erasing, string transform, float tolerance = 0)
    {
        const int Count = 300;
        var length = 3 * Size.Height * Size.Width;
        var random = new TorchRandom(77);
        var actual = new float[Count * length];
        for (var i = 0; i < Count; i++)
        {
            var pixels = actual.AsSpan(i * length, length);
            pixels.Fill(7);
            erasing.Apply(pixels, 3, Size, random);
        }

        var reply = pillow.Run($"""
            import torchvision.transforms as T
            t = {transform}
            torch.manual_seed(77)
            out = torch.cat([t(torch.full((3, {Size.Height}, {Size.Width}), 7.0)) for _ in range({Count})])
            result = out.numpy().tobytes() + torch.get_rng_state().numpy().tobytes()
            """);
        ReadOnlySpan<float> expected = MemoryMarshal.Cast<byte, float>(reply.AsSpan(0, reply.Length - 5056));

        float difference = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));
        }

        difference.Should().BeLessThanOrEqualTo(tolerance, transform);
        random.GetState().ShouldEqual(reply[^5056..], $"the generator after {transform}");
    }
}
