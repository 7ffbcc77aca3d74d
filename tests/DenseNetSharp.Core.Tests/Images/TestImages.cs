using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>Generated pictures: the same every time, on both sides.</summary>
internal static class TestImages
{
    /// <summary>Uniform noise, the hardest input for an exact resize.</summary>
    public static RgbImage Noise(int width, int height, int seed = 1)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Smooth ramps in three directions under a little noise: much like a photo to a codec.</summary>
    public static RgbImage Photo(int width, int height, int seed = 2)
    {
        var random = new Random(seed);
        var pixels = new byte[3 * width * height];
        for (int y = 0, i = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, i += 3)
            {
                var wave = 40 * Math.Sin(x * 0.11) * Math.Cos(y * 0.07);
                pixels[i] = Clamp(255.0 * x / width + wave + random.Next(-6, 7));
                pixels[i + 1] = Clamp(255.0 * y / height - wave + random.Next(-6, 7));
                pixels[i + 2] = Clamp(128 + wave * 2 + random.Next(-6, 7));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>Only black and white, in stripes: overshoot clips at both ends.</summary>
    public static RgbImage Stripes(int width, int height)
    {
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < width * height; i++)
        {
            pixels.AsSpan(3 * i, 3).Fill((i % width / 3 + i / width / 2) % 2 == 0 ? byte.MaxValue : byte.MinValue);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>Sizes and contents that a codec treats differently: one pixel, whole blocks and parts of them, noise, edges.</summary>
    public static RgbImage[] OfManyKinds() =>
    [
        Photo(1, 1), Photo(16, 16), Photo(17, 33), Photo(1, 40), Photo(301, 199), Noise(64, 47), Stripes(50, 51),
    ];

    /// <summary>Writes raw pixels for Python and gives the expression that reads them as a Pillow image.</summary>
    public static string ToPython(this RgbImage image, PillowReference pillow)
    {
        var path = pillow.NewPath(".rgb");
        File.WriteAllBytes(path, image.Pixels);
        return $"Image.frombytes('RGB', ({image.Width}, {image.Height}), open('{path}', 'rb').read())";
    }

    /// <summary>Fails with the first differing byte and the number of differences instead of two long lists.</summary>
    public static void ShouldEqual(this byte[] actual, byte[] expected, string what)
    {
        actual.Length.Should().Be(expected.Length, what);
        if (actual.AsSpan().SequenceEqual(expected))
        {
            return;
        }

        var first = actual.AsSpan().CommonPrefixLength(expected);
        var count = actual.Where((value, i) => value != expected[i]).Count();
        Assert.Fail($"{what}: {count} of {actual.Length} bytes differ, first at {first}: {actual[first]} instead of {expected[first]}.");
    }

    private static byte Clamp(double value) => (byte)Math.Clamp(value, 0, 255);
}
