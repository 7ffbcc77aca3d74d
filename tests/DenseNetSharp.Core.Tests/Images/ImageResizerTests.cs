using DenseNetSharp.Images;
using DenseNetSharp.Images.Resizing;

namespace DenseNetSharp.Core.Tests.Images;

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
        (51, 33, 51, 12), (51, 33, 51, 77), (51, 33, 20, 33), (51, 33, 90, 33), (51, 33, 90, 12), (51, 33, 20, 77),
        (20_000, 3, 5, 700), (1, 10_000, 300, 1), (10_000, 1, 1, 300), (9999, 7, 2, 2), (7, 9999, 3, 2), (12_345, 5, 1, 1),
    ];

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void Resizing_gives_Pillows_bytes_for_every_size(Resampling filter)
    {
        foreach (var (width, height, newWidth, newHeight) in Sizes)
        {
            foreach (var image in new[] { TestImages.Noise(width, height), TestImages.Stripes(width, height) })
            {
                var expected = pillow.Run(
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
        for (var i = 0; i < 60; i++)
        {
            var image = TestImages.Noise(random.Next(1, 200), random.Next(1, 200), seed: i);
            int width = random.Next(1, 300), height = random.Next(1, 300);
            var expected = pillow.Run(
                $"result = {image.ToPython(pillow)}.resize(({width}, {height}), {(int)filter}).tobytes()");

            ImageResizer.Resize(image, width, height, filter).Pixels.ShouldEqual(
                expected, $"{image.Width}x{image.Height} to {width}x{height}, {filter}");
        }
    }

    [SkippableFact]
    public void A_photo_of_12_megapixels_shrinks_to_Pillows_bytes()
    {
        var image = TestImages.Photo(4000, 3000);
        var expected = pillow.Run($"result = {image.ToPython(pillow)}.resize((341, 256), Image.BILINEAR).tobytes()");

        ImageResizer.Resize(image, 341, 256).Pixels.ShouldEqual(expected, "4000x3000 to 341x256");
    }

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void One_channel_resizes_to_Pillows_bytes(Resampling filter)
    {
        foreach (var (width, height, newWidth, newHeight) in Sizes)
        {
            var image = TestImages.Noise(width, height);
            var expected = pillow.Run(
                $"result = {image.ToPython(pillow)}.convert('L').resize(({newWidth}, {newHeight}), {(int)filter}).tobytes()");

            var resized = ImageResizer.Resize(
                new Raster(width, height, 1, image.ToGray()),
                new OutputRange(width, newWidth, 0, newWidth),
                new OutputRange(height, newHeight, 0, newHeight),
                filter);
            resized.Bytes.ShouldEqual(expected, $"{width}x{height} to {newWidth}x{newHeight}, {filter}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void A_part_of_a_resize_is_Pillows_resize_cropped(Resampling filter)
    {
        var random = new Random(70 + (int)filter);
        for (var i = 0; i < 60; i++)
        {
            var image = TestImages.Noise(random.Next(1, 200), random.Next(1, 200), seed: i);
            // Every fourth image keeps its width, every fifth its height.
            var width = i % 4 == 0 ? image.Width : random.Next(1, 300);
            var height = i % 5 == 0 ? image.Height : random.Next(1, 300);
            int left = random.Next(width), top = random.Next(height);
            int right = random.Next(left, width) + 1, bottom = random.Next(top, height) + 1;
            var expected = pillow.Run($"""
                resized = {image.ToPython(pillow)}.resize(({width}, {height}), {(int)filter})
                result = resized.crop(({left}, {top}, {right}, {bottom})).tobytes()
                """);

            var part = ImageResizer.Resize(
                new Raster(image.Width, image.Height, 3, image.Pixels),
                new OutputRange(image.Width, width, left, right - left),
                new OutputRange(image.Height, height, top, bottom - top),
                filter);
            part.Bytes.ShouldEqual(
                expected, $"{image.Width}x{image.Height} to {width}x{height}, {left},{top} to {right},{bottom}, {filter}");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllFilters))]
    public void Thousands_of_weights_a_pixel_add_up_to_Pillows_bytes(Resampling filter)
    {
        foreach (var (width, height, newWidth, newHeight) in
            new[] { (70_001, 5, 3, 4), (5, 70_001, 4, 3), (1_000_003, 1, 2, 1), (1, 1_000_003, 1, 2) })
        {
            var white = TestImages.Noise(width, height);
            // Nearly white pixels make the largest sums.
            for (var i = 0; i < white.Pixels.Length; i++)
            {
                white.Pixels[i] |= 0xFC;
            }

            var expected = pillow.Run(
                $"result = {white.ToPython(pillow)}.resize(({newWidth}, {newHeight}), {(int)filter}).tobytes()");

            ImageResizer.Resize(white, newWidth, newHeight, filter).Pixels.ShouldEqual(
                expected, $"{width}x{height} to {newWidth}x{newHeight}, {filter}");
        }
    }

    [SkippableFact]
    public void Nearest_rounds_as_Pillow_does_over_long_sides()
    {
        foreach (var (size, newSize) in
            new[] { (100_003, 7), (7, 100_003), (100_003, 99_991), (99_991, 100_003), (1_000_003, 333_333), (3, 1_000_000) })
        {
            RgbImage row = TestImages.Noise(size, 1), column = TestImages.Noise(1, size);
            var expectedRow = pillow.Run($"result = {row.ToPython(pillow)}.resize(({newSize}, 1), 0).tobytes()");
            var expectedColumn = pillow.Run($"result = {column.ToPython(pillow)}.resize((1, {newSize}), 0).tobytes()");

            ImageResizer.Resize(row, newSize, 1, Resampling.Nearest).Pixels.ShouldEqual(expectedRow, $"{size} to {newSize}");
            ImageResizer.Resize(column, 1, newSize, Resampling.Nearest).Pixels.ShouldEqual(expectedColumn, $"{size} to {newSize}");
        }
    }

    [Fact]
    public void An_image_close_to_the_longest_array_shrinks()
    {
        // Two more rows would be more than an array holds. Each half has one color, which no filter can change.
        const int width = 26_000, height = 27_530;
        var image = new RgbImage(width, height, new byte[3L * width * height]);
        image.Pixels.AsSpan(0, image.Pixels.Length / 2).Fill(77);
        image.Pixels.AsSpan(image.Pixels.Length / 2).Fill(200);

        foreach (var (newWidth, filter) in
            new[] { (3, Resampling.Box), (width, Resampling.Box), (3, Resampling.Nearest) })
        {
            var resized = ImageResizer.Resize(image, newWidth, 2, filter).Pixels;

            resized.ShouldEqual(
                [.. Enumerable.Repeat((byte)77, 3 * newWidth), .. Enumerable.Repeat((byte)200, 3 * newWidth)],
                $"to {newWidth}x2, {filter}");
        }
    }

    [Fact]
    public void A_result_that_fits_nowhere_is_refused_with_its_size()
    {
        Action resize = () => ImageResizer.Resize(TestImages.Noise(4, 4), 30_000, 30_000, Resampling.Nearest);

        resize.Should().Throw<ArgumentException>().WithMessage("30000x30000 pixels do not fit in one array.");
    }

    [Fact]
    public void An_intermediate_image_that_fits_nowhere_is_refused_with_its_size()
    {
        Action resize = () => ImageResizer.Resize(TestImages.Noise(1, 1_000_000), 10_000, 10);

        resize.Should().Throw<ArgumentException>().WithMessage("*1x1000000 to 10000x10*10000x1000000 pixels, which do not fit*");
    }

    [Fact]
    public void More_weights_than_fit_are_refused_with_the_sizes()
    {
        var axis = new OutputRange(int.MaxValue, 1_000, 0, 1_000);

        Action weigh = () => _ = new ResampleWeights(axis, ResamplingFilter.Of(Resampling.Lanczos));

        weigh.Should().Throw<ArgumentException>().WithMessage("Resizing 2147483647 pixels to 1000 takes * weights*");
    }

    [Fact]
    public void A_resize_leaves_the_original_alone()
    {
        var image = TestImages.Noise(20, 10);
        byte[] before = [.. image.Pixels];

        var same = ImageResizer.Resize(image, 20, 10);
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
        foreach (var size in new[] { 2, 4 })
        {
            Action resize = () => ImageResizer.Resize(TestImages.Noise(4, 4), size, size, (Resampling)9);

            resize.Should().Throw<ArgumentOutOfRangeException>();
        }
    }
}
