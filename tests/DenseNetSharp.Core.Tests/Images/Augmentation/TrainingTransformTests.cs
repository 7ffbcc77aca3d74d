using System.Runtime.InteropServices;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

[Collection(PillowCollection.Name)]
public class TrainingTransformTests(PillowReference pillow)
{
    private const string Prepare = "T.PILToTensor(), T.ConvertImageDtype(torch.float), "
        + "T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))";

    private static readonly ImagePreset Preset = ImagePreset.TorchvisionImageNet;

    private static readonly RgbImage[] Photos =
    [
        TestImages.Photo(500, 375), TestImages.Photo(300, 451), TestImages.Noise(224, 224), TestImages.Photo(640, 200),
        TestImages.Noise(257, 256), TestImages.Photo(100, 101),
    ];

    [SkippableFact]
    public void The_recipe_of_torchvisions_reference_gives_its_bits()
    {
        ShouldGiveTorchvisionsBits(
            TrainingTransform.ResizedCropAndFlip(Preset),
            $"[T.RandomResizedCrop(224), T.RandomHorizontalFlip(0.5), {Prepare}]");
        ShouldGiveTorchvisionsBits(
            TrainingTransform.ResizedCropAndFlip(
                Preset with { CropSize = 96, Interpolation = Resampling.Bicubic }, flip: 0, erase: 0.25),
            $"[T.RandomResizedCrop(96, interpolation=B.BICUBIC), {Prepare}, T.RandomErasing(0.25)]");
    }

    [SkippableFact]
    public void The_gentle_recipe_gives_torchvisions_bits()
    {
        ShouldGiveTorchvisionsBits(
            TrainingTransform.Flip(Preset),
            $"[T.Resize(256), T.CenterCrop(224), T.RandomHorizontalFlip(), {Prepare}]");
    }

    [SkippableFact]
    public void The_gentle_recipe_makes_images_gray_before_it_resizes_them_where_the_preset_does()
    {
        ImagePreset gray = new() { Name = "gray", Channels = 1, FixedSize = new ImageSize(28, 30), Mean = [0.5f], Std = [0.25f] };

        ShouldGiveTorchvisionsBits(
            TrainingTransform.Flip(gray),
            "[T.Grayscale(), T.Resize((28, 30)), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(0.5, 0.25)]");
    }

    [SkippableFact]
    public void A_long_composition_gives_torchvisions_bits()
    {
        ShouldGiveTorchvisionsBits(
            new TrainingTransform(
                [
                    new RandomRotation(15) { Interpolation = Resampling.Bilinear },
                    new RandomResizedCrop(64),
                    new RandomVerticalFlip(),
                    new ColorJitter(0.4, 0.4, 0.4, 0.1),
                    new RandomAutocontrast(0.3),
                    new RandomCrop(64, 8),
                    new RandomHorizontalFlip(),
                ],
                Preset with { ResizeSize = null, CropSize = 64 },
                new RandomErasing()),
            "[T.RandomRotation(15, B.BILINEAR), T.RandomResizedCrop(64), T.RandomVerticalFlip(), "
            + "T.ColorJitter(0.4, 0.4, 0.4, 0.1), T.RandomAutocontrast(0.3), T.RandomCrop(64, 8), T.RandomHorizontalFlip(), "
            + $"{Prepare}, T.RandomErasing()]");
    }

    [Fact]
    public void What_an_image_becomes_does_not_depend_on_the_threads()
    {
        var transform = TrainingTransform.ResizedCropAndFlip(Preset with { CropSize = 32 }, erase: 0.5);
        float[] Make(int i)
        {
            var pixels = new float[3 * 32 * 32];
            transform.Apply(Photos[i % Photos.Length], TorchRandom.For(5, 1, i), pixels);
            return pixels;
        }

        float[][] inOrder = [.. Enumerable.Range(0, 60).Select(Make)];
        var inParallel = new float[60][];

        Parallel.For(0, 60, i => inParallel[59 - i] = Make(59 - i));

        for (var i = 0; i < 60; i++)
        {
            inParallel[i].Should().Equal(inOrder[i]);
        }

        inOrder[0].Should().NotEqual(inOrder[Photos.Length], "another index draws other numbers");
    }

    [Fact]
    public void A_preset_without_one_size_is_refused_by_name()
    {
        Action make = () => TrainingTransform.ResizedCropAndFlip(Preset with { CropSize = null });

        make.Should().Throw<ArgumentException>()
            .WithMessage("The preset 'torchvision-imagenet' leaves images their own sizes*--size*--resize HxW*");
    }

    [Fact]
    public void A_destination_of_another_length_is_refused_before_anything_is_drawn()
    {
        var random = new TorchRandom(1);
        var state = random.GetState();
        Action apply = () => TrainingTransform.Flip(Preset).Apply(Photos[0], random, new float[7]);

        apply.Should().Throw<ArgumentException>().WithMessage("*[3, 224, 224] are 150528 values*holds 7*");
        random.GetState().ShouldEqual(state, "the generator");
    }

    [Fact]
    public void Erasing_that_does_not_suit_the_presets_channels_is_refused_when_composed()
    {
        Action make = () => _ = new TrainingTransform([], Preset, new RandomErasing { Value = [1, 2] });

        make.Should().Throw<ArgumentException>().WithMessage("*a single value or 3*not 2*");
    }

    private void ShouldGiveTorchvisionsBits(TrainingTransform transform, string steps)
    {
        const int Count = 60;
        var size = transform.OutputSize;
        var actual = new float[Count * transform.Preset.Channels * size.Height * size.Width];
        var random = new TorchRandom(2024);
        for (int i = 0, length = actual.Length / Count; i < Count; i++)
        {
            transform.Apply(Photos[i % Photos.Length], random, actual.AsSpan(i * length, length));
        }

        var expected = pillow.Run(Photos.ToPython(pillow) + $"""
            t = T.Compose({steps})
            torch.manual_seed(2024)
            out = torch.stack([t(images[i % len(images)]) for i in range({Count})])
            result = out.numpy().tobytes() + torch.get_rng_state().numpy().tobytes()
            """);

        MemoryMarshal.AsBytes(actual.AsSpan()).ToArray().ShouldEqual(expected[..^5056], steps);
        random.GetState().ShouldEqual(expected[^5056..], $"the generator after {steps}");
    }
}
