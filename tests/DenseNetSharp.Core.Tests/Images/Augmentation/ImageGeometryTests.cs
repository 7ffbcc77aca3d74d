using System.Globalization;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

[Collection(PillowCollection.Name)]
public class ImageGeometryTests(PillowReference pillow)
{
    private static readonly double[] Angles =
    [
        0, 90, 180, 270, 360, -90, 450, 1, -1, 12.5, 30, 45, 60, 89.999, 90.0001, 135, 179.99999, 200, 301.7, 359.9, -37.25,
        1e-9, -1e-9, -1e-20, 1e-14, 1e6, -1e9 - 0.5, 720.125,
    ];

    public static readonly TheoryData<Resampling> Interpolations =
        new(Resampling.Nearest, Resampling.Bilinear, Resampling.Bicubic);

    [SkippableFact]
    public void Flips_give_torchvisions_bytes()
    {
        Step(ImageGeometry.FlipHorizontally).ShouldGiveTorchvisionsBytes(pillow, "F.hflip(x)");
        Step(ImageGeometry.FlipVertically).ShouldGiveTorchvisionsBytes(pillow, "F.vflip(x)");
    }

    [SkippableTheory]
    [InlineData(0, 0, 1, 1)]
    [InlineData(5, 7, 20, 11)]
    [InlineData(-3, -4, 70, 90)]
    [InlineData(10, -5, 3, 9)]
    [InlineData(-20, 3, 10, 10)]
    [InlineData(500, 2, 10, 10)]
    [InlineData(2, 500, 10, 10)]
    public void Crops_give_torchvisions_bytes_and_black_beyond_the_image(int top, int left, int height, int width)
    {
        Step(image => ImageGeometry.Crop(image, top, left, height, width))
            .ShouldGiveTorchvisionsBytes(pillow, $"F.crop(x, {top}, {left}, {height}, {width})");
    }

    [SkippableTheory]
    [InlineData(Resampling.Nearest, "NEAREST")]
    [InlineData(Resampling.Lanczos, "LANCZOS")]
    [InlineData(Resampling.Bilinear, "BILINEAR")]
    [InlineData(Resampling.Bicubic, "BICUBIC")]
    [InlineData(Resampling.Box, "BOX")]
    [InlineData(Resampling.Hamming, "HAMMING")]
    public void Resized_crops_give_torchvisions_bytes(Resampling resampling, string name)
    {
        Step(image => ImageGeometry.ResizedCrop(image, 3, 5, 21, 17, new ImageSize(24, 32), resampling))
            .ShouldGiveTorchvisionsBytes(pillow, $"F.resized_crop(x, 3, 5, 21, 17, [24, 32], B.{name})");
    }

    [SkippableTheory]
    [MemberData(nameof(Interpolations))]
    public void Rotations_give_torchvisions_bytes(Resampling interpolation)
    {
        foreach (var angle in Angles)
        {
            string text = angle.ToString("R", CultureInfo.InvariantCulture), name = Name(interpolation);
            Step(image => ImageGeometry.Rotate(image, angle, interpolation))
                .ShouldGiveTorchvisionsBytes(pillow, $"F.rotate(x, {text}, {name})");
            Step(image => ImageGeometry.Rotate(image, angle, interpolation, expand: true, fill: new RgbColor(9, 200, 255)))
                .ShouldGiveTorchvisionsBytes(pillow, $"F.rotate(x, {text}, {name}, expand=True, fill=[9, 200, 255])");
            Step(image => ImageGeometry.Rotate(image, angle, interpolation, center: (10, 3.5), fill: 50))
                .ShouldGiveTorchvisionsBytes(pillow, $"F.rotate(x, {text}, {name}, center=[10, 3.5], fill=50)");
            Step(image => ImageGeometry.Rotate(image, angle, interpolation, expand: true, center: (0, 0)))
                .ShouldGiveTorchvisionsBytes(pillow, $"F.rotate(x, {text}, {name}, expand=True, center=[0, 0])");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Interpolations))]
    public void Rotations_by_random_angles_give_torchvisions_bytes(Resampling interpolation)
    {
        var random = new Random(8);
        for (var i = 0; i < 60; i++)
        {
            var angle = random.NextDouble() * 1000 - 500;
            RgbImage[] images = [TestImages.Noise(random.Next(1, 90), random.Next(1, 90), seed: i)];
            var text = angle.ToString("R", CultureInfo.InvariantCulture);
            var expand = i % 2 == 0;
            Step(image => ImageGeometry.Rotate(image, angle, interpolation, expand)).ShouldGiveTorchvisionsBytes(
                pillow, $"F.rotate(x, {text}, {Name(interpolation)}, {(expand ? "True" : "False")})", images);
        }
    }

    [SkippableFact]
    public void A_rotation_too_large_for_fixed_point_gives_torchvisions_bytes()
    {
        RgbImage[] images = [TestImages.Noise(40_000, 3), TestImages.Noise(2, 33_000)];

        Step(image => ImageGeometry.Rotate(image, 0.02)).ShouldGiveTorchvisionsBytes(pillow, "F.rotate(x, 0.02)", images);
        Step(image => ImageGeometry.Rotate(image, 7, center: (-1e5, 3)))
            .ShouldGiveTorchvisionsBytes(pillow, "F.rotate(x, 7, center=[-1e5, 3])", images);
    }

    [Theory]
    [InlineData(double.NaN, Resampling.Nearest, 0.0)]
    [InlineData(double.PositiveInfinity, Resampling.Nearest, 0.0)]
    [InlineData(5.0, Resampling.Lanczos, 0.0)]
    [InlineData(5.0, Resampling.Nearest, double.NaN)]
    public void A_rotation_that_means_nothing_is_refused(double angle, Resampling interpolation, double centerX)
    {
        Action rotate = () => ImageGeometry.Rotate(
            TestImages.Noise(4, 4), angle, interpolation, center: centerX == 0 ? null : (centerX, 0));

        rotate.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, -1)]
    public void A_crop_to_nothing_is_refused(int height, int width)
    {
        Action crop = () => ImageGeometry.Crop(TestImages.Noise(4, 4), 0, 0, height, width);

        crop.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_crop_too_large_for_memory_is_refused_with_its_size()
    {
        Action crop = () => ImageGeometry.Crop(TestImages.Noise(4, 4), 0, 0, 100_000, 100_000);

        crop.Should().Throw<ArgumentException>().WithMessage("*100000x100000*");
    }

    private static Func<RgbImage, RgbImage> Step(Func<RgbImage, RgbImage> step) => step;

    private static string Name(Resampling interpolation) => $"B.{interpolation.ToString().ToUpperInvariant()}";
}
