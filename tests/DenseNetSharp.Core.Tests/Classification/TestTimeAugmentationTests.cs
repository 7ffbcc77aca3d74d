using System.Runtime.InteropServices;
using DenseNetSharp.Classification;
using DenseNetSharp.Core.Tests.Images;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Classification;

[Collection(PillowCollection.Name)]
public class TestTimeAugmentationTests(PillowReference pillow)
{
    private static readonly ImagePreset Small = ImagePreset.TorchvisionImageNet with { Name = "small", ResizeSize = 40, CropSize = new(32, 29) };

    [SkippableTheory]
    [InlineData(TestTimeAugmentation.FiveCrop)]
    [InlineData(TestTimeAugmentation.TenCrop)]
    public void Crops_are_torchvisions_to_the_bit(TestTimeAugmentation augmentation)
    {
        ImagePreset[] presets =
        [
            Small,
            Small with { ResizeSize = null, FixedSize = new(47, 36) },
            Small with { Interpolation = Resampling.Bicubic, ResizeSize = 33 },
            Small with { ResizeSize = null, FixedSize = null, CropSize = 30 },
            ImagePreset.Gray with { ResizeSize = 40, CropSize = 32 },
            (ImagePreset.Gray with { ResizeSize = 40, CropSize = 32 }).ForChannels(3),
        ];
        foreach (var (width, height) in new[] { (64, 48), (48, 63), (41, 41), (200, 44) })
        {
            foreach (var preset in presets)
            {
                var image = TestImages.Noise(width, height);
                var gray = preset.Channels == 1 ? ".convert('L')" : preset.ConvertToGray ? ".convert('L').convert('RGB')" : "";
                var function = augmentation == TestTimeAugmentation.TenCrop ? "ten_crop" : "five_crop";
                var resize = preset.FixedSize is { } size ? $"[{size.Height}, {size.Width}]" : preset.ResizeSize is { } shorter ? $"{shorter}" : "None";
                var expected = pillow.Run($"""
                    from torchvision.transforms import functional as F, InterpolationMode
                    image = {image.ToPython(pillow)}{gray}
                    if {resize} is not None:
                        image = F.resize(image, {resize}, InterpolationMode.{preset.Interpolation.ToString().ToUpperInvariant()})
                    crops = F.{function}(image, [{preset.CropSize!.Value.Height}, {preset.CropSize.Value.Width}])
                    mean, std = [{string.Join(',', preset.Mean)}], [{string.Join(',', preset.Std)}]
                    result = torch.stack([F.normalize(F.to_tensor(crop), mean, std) for crop in crops]).numpy().tobytes()
                    """);

                Bytes(preset, augmentation, image).ShouldEqual(expected, $"{preset.Name}, {width}x{height}");
            }
        }
    }

    [SkippableFact]
    public void Flip_is_the_prepared_image_and_its_mirror_image()
    {
        var image = TestImages.Photo(64, 48);
        var expected = pillow.Run($"""
            from torchvision.transforms import functional as F
            image = F.center_crop(F.resize({image.ToPython(pillow)}, 40), [32, 29])
            mean, std = [{string.Join(',', Small.Mean)}], [{string.Join(',', Small.Std)}]
            result = torch.stack([F.normalize(F.to_tensor(view), mean, std) for view in (image, F.hflip(image))]).numpy().tobytes()
            """);

        Bytes(Small, TestTimeAugmentation.Flip, image).ShouldEqual(expected, "flip");
    }

    [Theory]
    [InlineData(TestTimeAugmentation.Flip)]
    [InlineData(TestTimeAugmentation.FiveCrop)]
    [InlineData(TestTimeAugmentation.TenCrop)]
    public void The_mean_of_the_views_scores_counts_in_memory_and_from_files(TestTimeAugmentation augmentation)
    {
        using var folder = new TemporaryFolder();
        RgbImage[] images = [TestImages.Photo(64, 48), TestImages.Noise(50, 90), TestImages.Photo(45, 45, seed: 9)];
        string[] paths = [.. images.Select((_, i) => folder.File($"{i}.png")), folder.File("broken.png")];
        foreach (var (image, path) in images.Zip(paths))
        {
            image.SavePng(path);
        }

        File.WriteAllText(paths[^1], "no image");
        var classifier = new ImageClassifier(new ChannelMeans(), Small) { TestTimeAugmentation = augmentation };

        var results = classifier.Classify(images);
        var files = classifier.ClassifyFiles(paths, new ImageBatchOptions { BatchSize = 12, Workers = 2 }).ToArray();

        foreach (var (i, image) in images.Index())
        {
            // A view's scores are its channels' means, so the mean of all views' are those of all their pixels.
            var pixels = MemoryMarshal.Cast<byte, float>(Bytes(Small, augmentation, image)).ToArray();
            var views = pixels.Chunk(32 * 29).Select(plane => plane.Average()).ToArray();
            float[] expected = [.. Enumerable.Range(0, 3).Select(c => views.Where((_, plane) => plane % 3 == c).Average())];
            results[i].Logits.Zip(expected, (logit, mean) => Math.Abs(logit - mean)).Max().Should().BeLessThan(1e-4f);
            files[i].Result!.Logits.Should().Equal(results[i].Logits);
        }

        files[^1].Error.Should().BeOfType<ImageFormatException>();
    }

    [Fact]
    public void Presets_that_leave_nothing_to_crop_are_refused_and_images_too_small_for_their_corners_reported()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("small.png");
        TestImages.Noise(20, 60).SavePng(path);
        var loose = new ImageClassifier(new ChannelMeans(), Small with { ResizeSize = null }) { TestTimeAugmentation = TestTimeAugmentation.TenCrop };

        loose.ClassifyFiles([path]).Single().Error!.Message.Should().Contain("makes 60x20").And.Contain("no corners");
        Refused(Small with { CropSize = null }, "*'small' has no crop*nothing to choose from*");
        Refused(Small with { ResizeSize = 30 }, "*larger than its resize to 30*");
        Refused(Small with { ResizeSize = null, FixedSize = new(32, 29) }, "*crops to the same*");
        Refused(ImagePreset.Cifar10, "*'cifar10' has no crop*");

        static void Refused(ImagePreset preset, string message) =>
            new ImageClassifier(new ChannelMeans(), preset).Invoking(classifier => classifier.TestTimeAugmentation = TestTimeAugmentation.FiveCrop)
                .Should().Throw<ArgumentException>().WithMessage(message);
    }

    private static byte[] Bytes(ImagePreset preset, TestTimeAugmentation augmentation, RgbImage image)
    {
        var views = new ImageViews(preset, augmentation);
        var pixels = new float[views.LengthOf(preset.OutputSize(image.Height, image.Width))];
        views.Apply(image, pixels);
        return MemoryMarshal.AsBytes<float>(pixels).ToArray();
    }
}
