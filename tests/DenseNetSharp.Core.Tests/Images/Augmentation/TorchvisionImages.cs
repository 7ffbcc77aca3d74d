using DenseNetSharp.Images;
using DenseNetSharp.Images.Augmentation;
using DenseNetSharp.Randomness;

namespace DenseNetSharp.Core.Tests.Images.Augmentation;

/// <summary>Many images through the same step of torchvision's and of ours.</summary>
internal static class TorchvisionImages
{
    /// <summary>Noise, photos, gray, stripes, one pixel, odd and lopsided sizes.</summary>
    public static IReadOnlyList<RgbImage> Varied { get; } =
    [
        TestImages.Noise(64, 48), TestImages.Photo(97, 61), TestImages.Stripes(31, 33), TestImages.Noise(1, 1),
        RgbImage.FromGray(40, 30, TestImages.Noise(40, 10).Pixels), TestImages.Photo(50, 50, seed: 5),
        TestImages.Noise(1, 37), TestImages.Noise(41, 1), TestImages.Noise(2, 3), TestImages.Photo(33, 120),
        new RgbImage(8, 6, [.. Enumerable.Repeat((byte)77, 8 * 6 * 3)]),
    ];

    /// <summary>Python statements that read the images into the list <c>images</c>.</summary>
    public static string ToPython(this IEnumerable<RgbImage> images, PillowReference pillow) =>
        "import torchvision.transforms as T\nimport torchvision.transforms.functional as F\nB = T.InterpolationMode\n"
        + $"images = [{string.Join(", ", images.Select(image => image.ToPython(pillow)))}]\n";

    /// <summary>Applies the same function to all images and compares sizes and bytes.</summary>
    public static void ShouldGiveTorchvisionsBytes(
        this Func<RgbImage, RgbImage> step, PillowReference pillow, string expression, IReadOnlyList<RgbImage>? images = null)
    {
        images ??= Varied;
        byte[][] originals = [.. images.Select(image => image.Pixels.ToArray())];
        var expected = pillow.Run(
            images.ToPython(pillow) + $"result = b''.join(struct.pack('<ii', *(o := {expression}).size) + o.tobytes() for x in images)");

        Joined(images.Select(step)).ShouldEqual(expected, expression);
        for (var i = 0; i < images.Count; i++)
        {
            images[i].Pixels.ShouldEqual(originals[i], $"the original of {expression}");
        }
    }

    /// <summary>Sends the images round and round through a random step, all out of one generator, and compares every byte.</summary>
    public static void ShouldGiveTorchvisionsBytes(
        this IImageAugmentation step, PillowReference pillow, string transform, int count, IReadOnlyList<RgbImage>? images = null)
    {
        images ??= Varied;
        var random = new TorchRandom(1234);
        var actual = Joined(Enumerable.Range(0, count).Select(i => step.Apply(images[i % images.Count], random)));
        var expected = pillow.Run(images.ToPython(pillow) + $"""
            t = {transform}
            torch.manual_seed(1234)
            out = [t(images[i % len(images)]) for i in range({count})]
            result = b''.join(struct.pack('<ii', *o.size) + o.tobytes() for o in out) + torch.get_rng_state().numpy().tobytes()
            """);

        actual.ShouldEqual(expected[..^5056], transform);
        random.GetState().ShouldEqual(expected[^5056..], $"the generator after {transform}");
    }

    private static byte[] Joined(IEnumerable<RgbImage> images)
    {
        using var bytes = new MemoryStream();
        foreach (var image in images)
        {
            bytes.Write(BitConverter.GetBytes(image.Width));
            bytes.Write(BitConverter.GetBytes(image.Height));
            bytes.Write(image.Pixels);
        }

        return bytes.ToArray();
    }
}
