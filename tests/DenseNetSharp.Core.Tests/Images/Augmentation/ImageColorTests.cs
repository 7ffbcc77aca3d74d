using System.Globalization;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

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
        foreach (var (name, adjust) in adjustments)
        {
            foreach (var factor in Factors)
            {
                Func<RgbImage, RgbImage> step = image => adjust(image, factor);
                step.ShouldGiveTorchvisionsBytes(pillow, $"F.adjust_{name}(x, {Text(factor)})");
            }
        }
    }

    [SkippableFact]
    public void Hue_gives_torchvisions_bytes()
    {
        foreach (var factor in new[] { -0.5, -0.25, -0.003, 0, 0.0039216, 0.1, 0.5 })
        {
            Func<RgbImage, RgbImage> step = image => ImageColor.AdjustHue(image, factor);
            step.ShouldGiveTorchvisionsBytes(pillow, $"F.adjust_hue(x, {Text(factor)})");
        }
    }

    [SkippableFact]
    public void Hue_gives_torchvisions_bytes_for_all_16_million_colours()
    {
        var pixels = new byte[3 << 24];
        for (var colour = 0; colour < 1 << 24; colour++)
        {
            pixels[3 * colour] = (byte)(colour >> 16);
            pixels[3 * colour + 1] = (byte)(colour >> 8);
            pixels[3 * colour + 2] = (byte)colour;
        }

        Func<RgbImage, RgbImage> step = image => ImageColor.AdjustHue(image, 0.1);

        step.ShouldGiveTorchvisionsBytes(pillow, "F.adjust_hue(x, 0.1)", [new RgbImage(4096, 4096, pixels)]);
    }

    [SkippableFact]
    public void Auto_contrast_gives_torchvisions_bytes_for_every_range()
    {
        var images = new List<RgbImage>(TorchvisionImages.Varied);
        for (var low = 0; low < 256; low += 15)
        {
            for (var high = low; high < 256; high += 17)
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
        var image = TestImages.Noise(4, 4);
        foreach (var adjust in new Func<RgbImage, double, RgbImage>[]
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
