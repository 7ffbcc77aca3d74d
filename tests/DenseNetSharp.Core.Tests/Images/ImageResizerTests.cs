using DenseNetSharp.Images;

namespace DenseNetSharp.Tests.Images;

[Collection(PillowCollection.Name)]
public class ImageResizerTests(PillowReference pillow)
{
    public static readonly TheoryData<Resampling> AllFilters = new(Enum.GetValues<Resampling>());

    private static readonly (int Width, int Height, int NewWidth, int NewHeight)[] Sizes =
    [
        (64, 48, 32, 24), (64, 48, 128, 96), (101, 67, 53, 31), (53, 31, 101, 67), (640, 480, 341, 256), (333, 500, 224, 224),
        (500, 333, 384, 256), (17, 17, 17, 5), (17, 17, 5, 17), (17, 17, 17, 17), (1, 1, 7, 9), (1, 40, 13, 3), (40, 1, 3, 13),
        (40, 1, 40, 9), (1, 1, 1, 1), (100, 100, 1, 1), (100, 1, 1, 1), (3, 2000, 5, 16), (2000, 3, 16, 5), (2, 2, 300, 301),
        (256, 256, 255, 257), (1000, 30, 256, 256), (29, 31, 32, 32), (28, 28, 32, 32), (16, 16, 15, 4000), (5, 7, 2000, 3),
    ];

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void Resizing_gives_Pillows_bytes_for_every_size(Resampling filter)
    {
        foreach ((int width, int height, int newWidth, int newHeight) in Sizes)
        {
            foreach (RgbImage image in new[] { TestImages.Noise(width, height), TestImages.Stripes(width, height) })
            {
                byte[] expected = pillow.Run(
                    $"result = {image.ToPython(pillow)}.resize(({newWidth}, {newHeight}), {(int)filter}).tobytes()");

                ImageResizer.Resize(image, newWidth, newHeight, filter).Pixels.ShouldEqual(
                    expected, $"{width}x{height} to {newWidth}x{newHeight}, {filter}");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void Resizing_gives_Pillows_bytes_for_random_sizes(Resampling filter)
    {
        var random = new Random(20 + (int)filter);
        for (int i = 0; i < 60; i++)
        {
            RgbImage image = TestImages.Noise(random.Next(1, 200), random.Next(1, 200), seed: i);
            int width = random.Next(1, 300), height = random.Next(1, 300);
            byte[] expected = pillow.Run(
                $"result = {image.ToPython(pillow)}.resize(({width}, {height}), {(int)filter}).tobytes()");

            ImageResizer.Resize(image, width, height, filter).Pixels.ShouldEqual(
                expected, $"{image.Width}x{image.Height} to {width}x{height}, {filter}");
        }
    }

    [SkippableFact]
    public void A_photo_of_12_megapixels_shrinks_to_Pillows_bytes()
    {
        RgbImage image = TestImages.Photo(4000, 3000);
        byte[] expected = pillow.Run($"result = {image.ToPython(pillow)}.resize((341, 256), Image.BILINEAR).tobytes()");

        ImageResizer.Resize(image, 341, 256).Pixels.ShouldEqual(expected, "4000x3000 to 341x256");
    }

    [Fact]
    public void A_resize_leaves_the_original_alone()
    {
        RgbImage image = TestImages.Noise(20, 10);
        byte[] before = [.. image.Pixels];

        RgbImage same = ImageResizer.Resize(image, 20, 10);
        same.Pixels[0] ^= 0xFF;

        image.Pixels.ShouldEqual(before, "the original");
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void A_side_that_is_not_positive_is_refused(int width, int height)
    {
        Action resize = () => ImageResizer.Resize(TestImages.Noise(4, 4), width, height);

        resize.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_filter_that_does_not_exist_is_refused()
    {
        Action resize = () => ImageResizer.Resize(TestImages.Noise(4, 4), 2, 2, (Resampling)9);

        resize.Should().Throw<ArgumentOutOfRangeException>();
    }
}
