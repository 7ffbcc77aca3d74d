using System.Globalization;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Tests.Images.Augmentation;

[Collection(PillowCollection.Name)]
public class ImageColorTests(PillowReference pillow)
{
    private static readonly double[] Factors =
        [0, 1e-9, 0.1, 0.3, 0.5, 0.7, 0.999999, 1, 1.0000001, 1.3, 1.7, 2, 3.14159, 10, 255, 1e6];

    [SkippableFact]
    public void Brightness_contrast_and_saturation_give_torchvisions_bytes()
    {
        (string Name, Func<RgbImage, double, RgbImage> Adjust)[] adjustments =
        [
            ("brightness", ImageColor.AdjustBrightness), ("contrast", ImageColor.AdjustContrast),
            ("saturation", ImageColor.AdjustSaturation),
        ];
        foreach ((string name, Func<RgbImage, double, RgbImage> adjust) in adjustments)
        {
            foreach (double factor in Factors)
            {
                Func<RgbImage, RgbImage> step = image => adjust(image, factor);
                step.ShouldGiveTorchvisionsBytes(pillow, $"F.adjust_{name}(x, {Text(factor)})");
            }
        }
    }

    [SkippableTheory]
    [InlineData(-0.5)]
    [InlineData(-0.25)]
    [InlineData(-0.003)]
    [InlineData(0.0)]
    [InlineData(0.0039216)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Hue_gives_torchvisions_bytes_for_every_colour(double factor)
    {
        // A sixteenth of all 16.7 million colours each time, so that the seven factors cover well-spread ones.
        var pixels = new byte[3 * 1024 * 1024];
        int first = (int)Math.Abs(factor * 1000) % 16;
        for (int i = 0; i < 1024 * 1024; i++)
        {
            int colour = 16 * i + first;
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = ((byte)(colour >> 16), (byte)(colour >> 8), (byte)colour);
        }
        RgbImage[] images = [.. TorchvisionImages.Varied, new RgbImage(1024, 1024, pixels)];
        Func<RgbImage, RgbImage> step = image => ImageColor.AdjustHue(image, factor);

        step.ShouldGiveTorchvisionsBytes(pillow, $"F.adjust_hue(x, {Text(factor)})", images);
    }

    [SkippableFact]
    public void Auto_contrast_gives_torchvisions_bytes_for_every_range()
    {
        var images = new List<RgbImage>(TorchvisionImages.Varied);
        for (int low = 0; low < 256; low += 15)
        {
            for (int high = low; high < 256; high += 17)
            {
                byte[] ramp = [.. Enumerable.Range(low, high - low + 1).Select(value => (byte)value)];
                images.Add(RgbImage.FromGray(ramp.Length, 1, ramp));
            }
        }
        Func<RgbImage, RgbImage> step = ImageColor.AutoContrast;

        step.ShouldGiveTorchvisionsBytes(pillow, "F.autocontrast(x)", images);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(1e39)]
    public void A_factor_that_is_negative_or_not_finite_is_refused(double factor)
    {
        RgbImage image = TestImages.Noise(4, 4);
        foreach (Func<RgbImage, double, RgbImage> adjust in new Func<RgbImage, double, RgbImage>[]
            { ImageColor.AdjustBrightness, ImageColor.AdjustContrast, ImageColor.AdjustSaturation })
        {
            Action apply = () => adjust(image, factor);

            apply.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A factor is finite and not negative*");
        }
    }

    [Theory]
    [InlineData(-0.51)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    public void A_hue_beyond_half_the_circle_is_refused(double factor)
    {
        Action apply = () => ImageColor.AdjustHue(TestImages.Noise(4, 4), factor);

        apply.Should().Throw<ArgumentOutOfRangeException>().WithMessage("A hue factor is in [-0.5, 0.5]*");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
