using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Training;

namespace DenseNetSharp.Core.Tests.Training;

public sealed class TrainingAugmentationTests
{
    private static readonly ImagePreset Preset = new()
    {
        Name = "cifar",
        FixedSize = 32,
        Mean = [0, 0, 0],
        Std = [1, 1, 1],
    };

    [Fact]
    public void None_is_none() => TrainingAugmentation.None.ToTransform(Preset).Should().BeNull();

    [Theory]
    [InlineData(TrainingAugmentation.Flip, typeof(PresetCrop), typeof(RandomHorizontalFlip))]
    [InlineData(TrainingAugmentation.Crop, typeof(RandomResizedCrop), typeof(RandomHorizontalFlip))]
    [InlineData(TrainingAugmentation.Shift, typeof(PresetCrop), typeof(RandomCrop), typeof(RandomHorizontalFlip))]
    [InlineData(TrainingAugmentation.CropAndJitter, typeof(RandomResizedCrop), typeof(RandomHorizontalFlip), typeof(ColorJitter))]
    public void Each_has_its_steps_and_gives_the_presets_size(TrainingAugmentation augmentation, params Type[] steps)
    {
        var transform = augmentation.ToTransform(Preset)!;

        transform.Augmentations.Select(step => step.GetType()).Should().Equal(steps);
        transform.OutputSize.Should().Be((ImageSize)32);
    }

    [Fact]
    public void Shifting_is_by_the_papers_four_of_CIFARs_pixels() =>
        TrainingAugmentation.Shift.ToTransform(Preset)!.Augmentations.OfType<RandomCrop>().Single().Padding.Should().Be(4);
}
