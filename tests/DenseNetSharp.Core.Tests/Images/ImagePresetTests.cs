using System.Runtime.InteropServices;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

[Collection(PillowCollection.Name)]
public class ImagePresetTests(PillowReference pillow)
{
    private static readonly ImagePreset FashionMnist = new()
    {
        Name = "fashion",
        FixedSize = 32,
        Channels = 1,
        Mean = [0.2860f],
        Std = [0.3530f],
    };

    [SkippableFact]
    public void TorchvisionImageNet_gives_torchvisions_floats_to_the_bit()
    {
        (int, int)[] sizes =
        [
            (640, 480), (480, 640), (256, 256), (224, 224), (300, 255), (257, 256), (255, 300), (1, 1), (1, 50), (50, 1), (3, 2),
            (1000, 37), (37, 1000), (500, 333), (333, 500), (29, 29), (31, 17), (4032, 3024), (256, 300), (300, 256), (28, 28),
        ];
        foreach (var (width, height) in sizes)
        {
            var image = TestImages.Noise(width, height);
            var expected = pillow.Run($"""
                from torchvision.transforms._presets import ImageClassification
                result = ImageClassification(crop_size=224, resize_size=256)({image.ToPython(pillow)}).numpy().tobytes()
                """);

            Bytes(ImagePreset.TorchvisionImageNet.Apply(image)).ShouldEqual(expected, $"{width}x{height}");
        }
    }

    [SkippableFact]
    public void Random_presets_give_torchvisions_floats_to_the_bit()
    {
        var random = new Random(5);
        for (var i = 0; i < 150; i++)
        {
            var image = TestImages.Noise(random.Next(1, 300), random.Next(1, 300), seed: i);
            var preset = new ImagePreset
            {
                Name = "random",
                ResizeSize = random.Next(1, 120),
                CropSize = random.Next(1, 150),
                Interpolation = (Resampling)random.Next(0, 6),
                Mean = [0.485f, 0.456f, 0.406f],
                Std = [0.229f, 0.224f, 0.225f],
            };
            var expected = pillow.Run($"""
                from torchvision.transforms import InterpolationMode
                from torchvision.transforms._presets import ImageClassification
                modes = dict(Nearest="nearest", Lanczos="lanczos", Bilinear="bilinear", Bicubic="bicubic", Box="box", Hamming="hamming")
                preset = ImageClassification(crop_size={preset.CropSize!.Value.Width}, resize_size={preset.ResizeSize},
                    interpolation=InterpolationMode(modes["{preset.Interpolation}"]))
                result = preset({image.ToPython(pillow)}).numpy().tobytes()
                """);

            Bytes(preset.Apply(image)).ShouldEqual(
                expected, $"{image.Width}x{image.Height}, resize {preset.ResizeSize}, crop {preset.CropSize}, {preset.Interpolation}");
        }
    }

    [SkippableFact]
    public void One_channel_is_Pillows_luma_resized()
    {
        foreach (var (width, height) in new[] { (28, 28), (50, 31), (32, 32), (200, 300), (1, 1) })
        {
            var image = TestImages.Noise(width, height);
            var expected = pillow.Run($"""
                from torchvision.transforms import functional as F
                image = F.resize({image.ToPython(pillow)}.convert("L"), [32, 32])
                result = F.normalize(F.to_tensor(image), [0.2860], [0.3530]).numpy().tobytes()
                """);

            Bytes(FashionMnist.Apply(image)).ShouldEqual(expected, $"{width}x{height}");
        }
    }

    [SkippableFact]
    public void KerasImageNet_gives_what_load_img_and_preprocess_input_give()
    {
        foreach (var (width, height) in new[] { (640, 480), (224, 224), (100, 333), (1, 1), (225, 223), (1000, 3) })
        {
            var image = TestImages.Noise(width, height);
            // keras.utils.load_img(target_size=...) and keras.applications.imagenet_utils.preprocess_input(mode="torch").
            var expected = pillow.Run($"""
                x = np.asarray({image.ToPython(pillow)}.resize((224, 224), Image.NEAREST), dtype="float32").copy()
                x /= 255.
                for channel, (mean, std) in enumerate(zip([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])):
                    x[..., channel] -= mean
                    x[..., channel] /= std
                result = np.ascontiguousarray(x.transpose(2, 0, 1)).tobytes()
                """);

            Bytes(ImagePreset.KerasImageNet.Apply(image)).ShouldEqual(expected, $"{width}x{height}");
        }
    }

    [SkippableFact]
    public void ChestXray_is_one_channel_scaled_as_torchxrayvision_does()
    {
        foreach (var (width, height) in new[] { (640, 480), (224, 224), (300, 1000), (256, 1), (29, 31) })
        {
            var image = TestImages.Noise(width, height);
            // torchxrayvision.datasets.normalize(image, 255).
            var expected = pillow.Run($"""
                from torchvision.transforms import functional as F
                x = F.center_crop(F.resize({image.ToPython(pillow)}.convert("L"), 224), 224)
                x = (2 * (np.asarray(x).astype(np.float32) / 255) - 1.) * 1024
                assert x.dtype == np.float32
                result = x.tobytes()
                """);

            var actual = ImagePreset.ChestXray.Apply(image);

            Bytes(actual).ShouldEqual(expected, $"{width}x{height}");
            actual.Should().HaveCount(224 * 224).And.OnlyContain(value => value >= -1024 && value <= 1024);
        }
    }

    [SkippableTheory]
    [InlineData("chest-xray", 3)]
    [InlineData("gray", 3)]
    [InlineData("timm-224", 1)]
    [InlineData("torchvision-imagenet", 1)]
    public void For_other_channels_gray_is_repeated_and_colour_made_gray_as_torchvisions_Grayscale_does(string name, int channels)
    {
        ImagePreset.TryGet(name, out var preset).Should().BeTrue();

        var fitting = preset!.ForChannels(channels);

        (fitting.Name, fitting.Channels).Should().Be(($"{name} as {channels} channel{(channels == 1 ? "" : "s")}", channels));
        preset.ForChannels(preset.Channels).Should().BeSameAs(preset);
        string Values(IEnumerable<float> values) => string.Join(", ", values.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var (width, height) in new[] { (300, 200), (224, 500), (31, 33) })
        {
            var image = TestImages.Noise(width, height);
            var expected = pillow.Run($"""
                from torchvision import transforms as T
                mean, std = [{Values(preset.Mean)}], [{Values(preset.Std)}]
                mean, std = (mean * 3, std * 3) if {channels} == 3 else ([sum(mean) / 3], [sum(std) / 3])
                image = T.Compose([T.Grayscale({channels}), T.Resize({preset.ResizeSize}, T.InterpolationMode.{preset.Interpolation.ToString().ToUpperInvariant()}),
                    T.CenterCrop({preset.CropSize!.Value.Width}), T.ToTensor(), T.Normalize(mean, std)])({image.ToPython(pillow)})
                result = image.numpy().tobytes()
                """);

            Bytes(fitting.Apply(image)).ShouldEqual(expected, $"{name} at {width}x{height}");
        }
    }

    [Fact]
    public void A_preset_is_not_made_to_fit_channels_that_no_image_has()
    {
        ((Action)(() => ImagePreset.Timm224.ForChannels(4))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'timm-224' can be made to fit 1 or 3 channels*");
        ((Action)(() => (ImagePreset.Timm224 with { Mean = [] }).ForChannels(1))).Should().Throw<InvalidOperationException>().WithMessage("*0 means*");
    }

    [Fact]
    public void Presets_are_found_by_name()
    {
        ImagePreset.All.Select(preset => preset.Name).Should().OnlyHaveUniqueItems();
        foreach (var known in ImagePreset.All)
        {
            ImagePreset.TryGet(known.Name.ToUpperInvariant(), out var found).Should().BeTrue();
            found.Should().BeSameAs(known);
        }

        ImagePreset.TryGet("instagram", out _).Should().BeFalse();
    }

    [Fact]
    public void What_a_preset_says_of_its_sizes_before_it_sees_an_image()
    {
        var preset = ImagePreset.TorchvisionImageNet;

        preset.FixedOutputSize.Should().Be(new ImageSize(224, 224));
        preset.SufficientDecodeSize.Should().Be(new ImageSize(512, 512));
        (preset with { CropSize = null }).FixedOutputSize.Should().BeNull();
        ImagePreset.KerasImageNet.FixedOutputSize.Should().Be(new ImageSize(224, 224));
        (preset with { ResizeSize = null }).SufficientDecodeSize.Should().BeNull();
    }

    [SkippableFact]
    public void Without_resize_and_crop_an_image_is_only_normalised()
    {
        var preset = new ImagePreset { Name = "plain", Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.25f, 0.3f] };
        var image = TestImages.Noise(33, 21);
        var expected = pillow.Run($"""
            from torchvision.transforms import functional as F
            result = F.normalize(F.to_tensor({image.ToPython(pillow)}), [0.5, 0.4, 0.3], [0.2, 0.25, 0.3]).numpy().tobytes()
            """);

        preset.OutputSize(21, 33).Should().Be(new ImageSize(21, 33));
        Bytes(preset.Apply(image)).ShouldEqual(expected, "33x21");
    }

    [Fact]
    public void A_batch_is_its_images_one_after_the_other()
    {
        RgbImage[] images = [TestImages.Noise(300, 200), TestImages.Noise(256, 500, seed: 3)];
        var batch = new float[2 * 3 * 224 * 224];

        ImagePreset.TorchvisionImageNet.Apply(images, batch);

        batch.SequenceEqual(images.SelectMany(ImagePreset.TorchvisionImageNet.Apply)).Should().BeTrue();
    }

    [Fact]
    public void A_batch_of_several_sizes_is_refused_by_index()
    {
        var preset = ImagePreset.TorchvisionImageNet with { CropSize = null };
        RgbImage[] images = [TestImages.Noise(30, 20), TestImages.Noise(20, 30)];

        Action apply = () => preset.Apply(images, new float[2 * 3 * 256 * 384]);

        apply.Should().Throw<ArgumentException>().WithMessage("*image 1 does at 384x256 and image 0 at 256x384*");
    }

    [Fact]
    public void A_destination_of_another_length_is_refused_with_both_lengths()
    {
        Action apply = () => ImagePreset.TorchvisionImageNet.Apply(TestImages.Noise(30, 20), new float[10]);

        apply.Should().Throw<ArgumentException>().WithMessage("*[3, 224, 224] are 150528 values*holds 10*");
    }

    [Fact]
    public void A_preset_that_contradicts_itself_says_how()
    {
        var preset = ImagePreset.TorchvisionImageNet;
        var image = TestImages.Noise(8, 8);
        (ImagePreset Preset, string Fault)[] faults =
        [
            (preset with { FixedSize = 32 }, "*resizes twice, to a shorter side (resizeSize) and to a whole size (fixedSize)*"),
            (preset with { ResizeSize = 0 }, "*resizes to a shorter side of 0 pixels*"),
            (preset with { CropSize = new ImageSize(5, 0) }, "*crops to 5x0 pixels*"),
            (preset with { Channels = 2 }, "*2 channels; 1 and 3*"),
            (preset with { Channels = 1 }, "*1 channels, but 3 means*"),
            (preset with { Std = [1, 0, 1] }, "*divides by zero*"),
            (preset with { Divisor = float.NaN }, "*not finite*"),
            (preset with { Mean = [1, float.PositiveInfinity, 1] }, "*not finite*"),
        ];
        foreach (var (faulty, fault) in faults)
        {
            Action apply = () => faulty.Apply(image);

            apply.Should().Throw<InvalidOperationException>().WithMessage(fault);
        }
    }

    [Fact]
    public void Very_long_images_cost_only_their_crop()
    {
        // Resized in full, this would be 256 x 15,360,000 pixels.
        var image = new RgbImage(1, 60_000, new byte[3 * 60_000]);

        ImagePreset.TorchvisionImageNet.Apply(image).Should().HaveCount(3 * 224 * 224);
    }

    [Fact]
    public void Very_long_images_without_a_crop_are_refused()
    {
        var image = new RgbImage(1, 60_000, new byte[3 * 60_000]);

        Action apply = () => (ImagePreset.TorchvisionImageNet with { CropSize = null }).Apply(image);

        apply.Should().Throw<ArgumentException>().WithMessage("*15360000x256 pixels of 60000x1*");
    }

    [Fact]
    public void Presets_with_equal_values_are_equal()
    {
        var same = ImagePreset.TorchvisionImageNet with { Mean = [0.485f, 0.456f, 0.406f] };

        same.Should().Be(ImagePreset.TorchvisionImageNet);
        (same with { ConvertToGray = true }).Should().NotBe(ImagePreset.TorchvisionImageNet);
        (same with { Std = [1, 1, 1] }).Should().NotBe(ImagePreset.TorchvisionImageNet);
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
