using System.CommandLine;
using DenseNetSharp.Classification;

namespace DenseNetSharp.Cli.Options;

/// <summary>What --tta says.</summary>
/// <param name="Name">As it was given; null where it was not.</param>
internal sealed record AugmentationArgument(string? Name)
{
    public const string Option = "--tta";

    /// <summary>The option.</summary>
    public static Option<string?> Create() => CheckedOption.Choice(
        Option,
        "test-time augmentation: the mean of the network's outputs for the image and its mirror image, for the corners and centre of the resized "
            + "image, or for those and their mirror images (torchvision's FiveCrop and TenCrop)",
        "flip", "fivecrop", "tencrop");

    /// <summary>Has a classifier score those views.</summary>
    /// <exception cref="UsageException">Its preset leaves them nothing to choose from.</exception>
    public ImageClassifier ApplyTo(ImageClassifier classifier)
    {
        if (Name is null)
        {
            return classifier;
        }

        try
        {
            classifier.TestTimeAugmentation = Enum.Parse<TestTimeAugmentation>(Name, ignoreCase: true);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{Option} {Name}: {exception.Message}");
        }

        return classifier;
    }
}
