using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>Images in memory that is used again: what was in it before never shows.</summary>
[Collection(PillowCollection.Name)]
public class RecycledImageTests(PillowReference pillow)
{
    private static readonly ImageDecodeOptions Upright = new() { ApplyExifOrientation = true };

    [SkippableTheory]
    [InlineData(".jpg", "quality=90")]
    [InlineData(".jpg", "quality=60, progressive=True, subsampling=2")]
    [InlineData(".png", "")]
    public void An_image_of_every_kind_and_orientation_has_Pillows_pixels_after_larger_and_smaller_ones(string extension, string options)
    {
        foreach (var image in TestImages.OfManyKinds())
        {
            for (var orientation = 1; orientation <= 8; orientation++)
            {
                var path = pillow.NewPath(extension);
                var expected = pillow.Run($"""
                    from PIL import ImageOps
                    exif = Image.Exif()
                    exif[0x0112] = {orientation}
                    {image.ToPython(pillow)}.save('{path}', exif=exif{(options.Length > 0 ? ", " + options : "")})
                    result = ImageOps.exif_transpose(Image.open('{path}')).convert('RGB').tobytes()
                    """);
                // As if the last user had left white everywhere.
                Dirty();

                var rented = RgbImage.LoadRented(path, Upright);

                rented.Pixels.AsSpan(0, expected.Length).ToArray().ShouldEqual(expected, $"{path}, {options}, {orientation}");
                (rented.Width * rented.Height * 3).Should().Be(expected.Length);
                rented.Recycle();
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void Memory_that_is_used_again_is_not_kept_for_the_largest_images()
    {
        var (usual, large) = (RgbImage.Rent(4000, 3000), RgbImage.Rent(6000, 4000));
        usual.Pixels.Length.Should().BeGreaterThanOrEqualTo(36_000_000);
        // A power of two would be 134 million.
        large.Pixels.Length.Should().Be(72_000_000);

        usual.Recycle();
        large.Recycle();

        (usual.Pixels.Length, large.Pixels.Length).Should().Be((0, 72_000_000));
    }

    [SkippableFact]
    public async Task Classifications_of_images_of_different_sizes_at_the_same_time_are_those_of_each_alone()
    {
        var files = TestImages.OfManyKinds().Select((image, i) =>
        {
            var path = pillow.NewPath(i % 2 == 0 ? ".jpg" : ".png");
            pillow.Run($"{image.ToPython(pillow)}.save('{path}')");
            return path;
        }).ToArray();
        using var network = new ChannelMeans();
        var preset = ImagePreset.TorchvisionImageNet with { ResizeSize = 40, CropSize = 32 };
        var classifier = new ImageClassifier(network, preset);
        var expected = files.Select(file => classifier.Classify(RgbImage.Load(file)).Logits).ToArray();

        var runs = Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                var file = (i * (2 * worker + 1) + worker) % files.Length;
                var result = (i % 3) switch
                {
                    0 => classifier.Classify(files[file]),
                    1 => classifier.Classify(File.ReadAllBytes(files[file])),
                    _ => classifier.Classify(new MemoryStream(File.ReadAllBytes(files[file]))),
                };
                result.Logits.Should().Equal(expected[file], files[file]);
            }
        }));

        await Task.WhenAll(runs);
        classifier.ClassifyFiles(files, new ImageBatchOptions { BatchSize = 2, Workers = 2 }).Select(each => each.Result!.Logits)
            .Should().BeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [SkippableFact]
    public void A_classification_in_a_running_service_allocates_less_than_an_images_pixels()
    {
        var path = pillow.NewPath(".jpg");
        pillow.Run($"{TestImages.Photo(640, 480).ToPython(pillow)}.save('{path}')");
        var file = File.ReadAllBytes(path);
        using var network = new ChannelMeans();
        var classifier = new ImageClassifier(network, ImagePreset.TorchvisionImageNet);
        for (var i = 0; i < 10; i++)
        {
            classifier.Classify(file);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            classifier.Classify(file);
        }

        ((GC.GetAllocatedBytesForCurrentThread() - before) / 10).Should().BeLessThan(3 * 224 * 224 / 2);
    }

    private static void Dirty()
    {
        for (var side = 1; side <= 512; side *= 2)
        {
            var images = Enumerable.Range(0, 3).Select(_ => RgbImage.Rent(side, side)).ToArray();
            foreach (var image in images)
            {
                Array.Fill(image.Pixels, byte.MaxValue);
                image.Recycle();
            }
        }
    }
}
