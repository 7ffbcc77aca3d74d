using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

[Collection(PillowCollection.Name)]
public class RandomStepTests(PillowReference pillow)
{
    private const int Count = 400;

    [SkippableFact]
    public void Random_flips_give_torchvisions_bytes()
    {
        new RandomHorizontalFlip().ShouldGiveTorchvisionsBytes(pillow, "T.RandomHorizontalFlip()", Count);
        new RandomVerticalFlip().ShouldGiveTorchvisionsBytes(pillow, "T.RandomVerticalFlip()", Count);
        new RandomHorizontalFlip(0.9).ShouldGiveTorchvisionsBytes(pillow, "T.RandomHorizontalFlip(0.9)", Count);
        new RandomVerticalFlip(0).ShouldGiveTorchvisionsBytes(pillow, "T.RandomVerticalFlip(0)", Count);
        new RandomVerticalFlip(1).ShouldGiveTorchvisionsBytes(pillow, "T.RandomVerticalFlip(1)", Count);
    }

    [SkippableFact]
    public void Random_resized_crops_give_torchvisions_bytes()
    {
        new RandomResizedCrop(32).ShouldGiveTorchvisionsBytes(pillow, "T.RandomResizedCrop(32)", Count);
        new RandomResizedCrop(new ImageSize(17, 40))
        {
            Scale = (0.5, 0.9),
            Ratio = (0.2, 0.6),
            Interpolation = Resampling.Bicubic,
        }.ShouldGiveTorchvisionsBytes(
            pillow, "T.RandomResizedCrop((17, 40), (0.5, 0.9), (0.2, 0.6), B.BICUBIC)", Count);
    }

    [SkippableFact]
    public void Resized_crops_that_never_fit_fall_back_to_torchvisions_central_part()
    {
        IReadOnlyList<RgbImage> images = [TestImages.Noise(90, 20), TestImages.Noise(20, 90), TestImages.Noise(53, 50)];

        // A whole image of another ratio never fits.
        new RandomResizedCrop(16) { Scale = (1, 1) }.ShouldGiveTorchvisionsBytes(
            pillow, "T.RandomResizedCrop(16, (1, 1))", Count, images);
        new RandomResizedCrop(16) { Scale = (1, 1), Ratio = (1, 1) }.ShouldGiveTorchvisionsBytes(
            pillow, "T.RandomResizedCrop(16, (1, 1), (1, 1))", Count, images);
    }

    [Fact]
    public void A_part_that_would_have_no_pixels_has_one()
    {
        var crop = new RandomResizedCrop(4) { Ratio = (10, 20) };

        crop.Draw(height: 1000, width: 1, new TorchRandom(1)).Should().Be((499, 0, 1, 1));
    }

    [SkippableTheory]
    [InlineData(500, 375, 0.08, 1.0, 0.75, 1.3333333333333333)]
    [InlineData(224, 224, 0.25, 1.0, 0.5, 2.0)]
    [InlineData(4000, 3000, 0.08, 1.0, 0.75, 1.3333333333333333)]
    [InlineData(32, 32, 0.6, 1.0, 0.9, 1.1)]
    public void Resized_crops_of_many_seeds_are_torchvisions(
        int width, int height, double leastArea, double mostArea, double leastRatio, double mostRatio)
    {
        const int Seeds = 10_000;
        var expected = pillow.Run($"""
            import torchvision.transforms as T
            image, out = Image.new("L", ({width}, {height})), []
            for seed in range({Seeds}):
                torch.manual_seed(seed)
                out.append(T.RandomResizedCrop.get_params(image, ({leastArea:R}, {mostArea:R}), ({leastRatio:R}, {mostRatio:R})))
            result = np.array(out, np.int32).tobytes()
            """);
        var crop = new RandomResizedCrop(224) { Scale = (leastArea, mostArea), Ratio = (leastRatio, mostRatio) };
        using var actual = new MemoryStream();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (top, left, h, w) = crop.Draw(height, width, new TorchRandom(seed));
            foreach (var value in new[] { top, left, h, w })
            {
                actual.Write(BitConverter.GetBytes(value));
            }
        }

        actual.ToArray().ShouldEqual(expected, $"{Seeds} seeds' parts of {width}x{height}");
    }

    [SkippableFact]
    public void Random_rotations_give_torchvisions_bytes()
    {
        new RandomRotation(30).ShouldGiveTorchvisionsBytes(pillow, "T.RandomRotation(30)", Count);
        new RandomRotation((-10, 200)) { Interpolation = Resampling.Bilinear, Expand = true, Fill = new RgbColor(1, 2, 3) }
            .ShouldGiveTorchvisionsBytes(
                pillow, "T.RandomRotation((-10, 200), B.BILINEAR, expand=True, fill=(1, 2, 3))", Count);
        new RandomRotation(180) { Interpolation = Resampling.Bicubic, Center = (3, 4) }
            .ShouldGiveTorchvisionsBytes(pillow, "T.RandomRotation(180, B.BICUBIC, center=(3, 4))", Count);
        new RandomRotation(0).ShouldGiveTorchvisionsBytes(pillow, "T.RandomRotation(0)", 20);
    }

    [SkippableFact]
    public void Colour_jitter_gives_torchvisions_bytes()
    {
        new ColorJitter(0.4, 0.4, 0.4, 0.1).ShouldGiveTorchvisionsBytes(
            pillow, "T.ColorJitter(0.4, 0.4, 0.4, 0.1)", Count);
        new ColorJitter(brightness: 3, hue: 0.5).ShouldGiveTorchvisionsBytes(
            pillow, "T.ColorJitter(brightness=3, hue=0.5)", Count);
        new ColorJitter { Contrast = (0.2, 5), Saturation = (2, 2), Hue = (-0.3, -0.1) }.ShouldGiveTorchvisionsBytes(
            pillow, "T.ColorJitter(contrast=(0.2, 5), saturation=(2, 2), hue=(-0.3, -0.1))", Count);
        new ColorJitter().ShouldGiveTorchvisionsBytes(pillow, "T.ColorJitter()", 20);
    }

    [SkippableFact]
    public void Random_autocontrast_gives_torchvisions_bytes()
    {
        new RandomAutocontrast().ShouldGiveTorchvisionsBytes(pillow, "T.RandomAutocontrast()", Count);
        new RandomAutocontrast(0.9).ShouldGiveTorchvisionsBytes(pillow, "T.RandomAutocontrast(0.9)", Count);
    }

    [SkippableFact]
    public void Random_crops_give_torchvisions_bytes()
    {
        IReadOnlyList<RgbImage> images =
            [TestImages.Noise(32, 32), TestImages.Photo(40, 36), TestImages.Noise(33, 32), TestImages.Stripes(50, 32)];
        new RandomCrop(32, 4).ShouldGiveTorchvisionsBytes(pillow, "T.RandomCrop(32, 4)", Count, images);
        new RandomCrop(32).ShouldGiveTorchvisionsBytes(pillow, "T.RandomCrop(32)", Count, images);
        new RandomCrop(new ImageSize(20, 30)).ShouldGiveTorchvisionsBytes(pillow, "T.RandomCrop((20, 30))", Count, images);
        new RandomCrop(45) { PadIfNeeded = true }.ShouldGiveTorchvisionsBytes(
            pillow, "T.RandomCrop(45, pad_if_needed=True)", Count);
        new RandomCrop(new ImageSize(60, 35), 3) { PadIfNeeded = true }.ShouldGiveTorchvisionsBytes(
            pillow, "T.RandomCrop((60, 35), 3, pad_if_needed=True)", Count);
    }

    [Fact]
    public void A_random_crop_of_an_image_too_small_is_refused_before_anything_is_drawn()
    {
        var random = new TorchRandom(1);
        var state = random.GetState();
        Action crop = () => new RandomCrop(32, 2).Apply(TestImages.Noise(40, 20), random);

        crop.Should().Throw<ArgumentException>()
            .WithMessage("Required crop size 32x32 is larger than input image size 24x44.*");
        random.GetState().ShouldEqual(state, "the generator");
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Action[] settings =
        [
            () => _ = new RandomHorizontalFlip(-0.1), () => _ = new RandomVerticalFlip(1.1),
            () => _ = new RandomAutocontrast(double.NaN), () => _ = new RandomErasing(2), () => _ = new RandomRotation(-1),
            () => _ = new RandomRotation(double.NaN), () => _ = new RandomRotation((5, 1)),
            () => _ = new RandomRotation((0, double.PositiveInfinity)),
            () => _ = new RandomRotation(1) { Interpolation = Resampling.Box },
            () => _ = new RandomRotation(1) { Center = (double.NaN, 0) },
            () => _ = new ColorJitter(brightness: -1), () => _ = new ColorJitter(contrast: double.NaN),
            () => _ = new ColorJitter(hue: 0.6), () => _ = new ColorJitter(hue: -0.1),
            () => _ = new ColorJitter { Brightness = (-0.1, 1) }, () => _ = new ColorJitter { Saturation = (2, 1) },
            () => _ = new ColorJitter { Hue = (-0.6, 0) }, () => _ = new RandomCrop(0), () => _ = new RandomCrop(5, -1),
            () => _ = new RandomResizedCrop(new ImageSize(4, 0)), () => _ = new RandomResizedCrop(4) { Scale = (0.5, 0.1) },
            () => _ = new RandomResizedCrop(4) { Scale = (0, 1.5) }, () => _ = new RandomResizedCrop(4) { Ratio = (0, 1) },
            () => _ = new RandomErasing { Scale = (-0.1, 1) }, () => _ = new RandomErasing { Ratio = (2, 1) },
        ];
        for (var i = 0; i < settings.Length; i++)
        {
            settings[i].Should().Throw<ArgumentException>($"setting {i} makes no sense");
        }
    }
}
