using System.Runtime.InteropServices;
using DenseNetSharp.Images;

namespace DenseNetSharp.Core.Tests.Images;

/// <summary>
/// Real images, beside Pillow and torchvision: those of scikit-image and scikit-learn, which <c>./build.sh test</c> unpacks
/// from Debian's packages into artifacts/corpus. Photos, line art, gray, palettes, transparency, odd sizes.
/// </summary>
[Collection(PillowCollection.Name)]
public class CorpusTests(PillowReference pillow)
{
    /// <summary>The greatest number of pixels that is encoded again, so that the tests stay quick.</summary>
    private const int MostPixelsToEncode = 600_000;

    [SkippableFact]
    public void Every_image_decodes_to_Pillows_pixels_or_is_refused_as_by_Pillow()
    {
        var (sound, refused) = Files();
        foreach (var path in sound)
        {
            var expected = pillow.Run($"result = Image.open('{path}').convert('RGB').tobytes()");

            RgbImage.Load(path).Pixels.ShouldEqual(expected, path);
        }

        foreach (var path in refused)
        {
            Action load = () => RgbImage.Load(path);

            load.Should().Throw<ImageFormatException>().WithMessage($"{path}: *");
        }
    }

    [SkippableTheory]
    [InlineData(".jpg", "quality=90")]
    [InlineData(".jpg", "quality=50, progressive=True, subsampling=1")]
    [InlineData(".webp", "quality=80")]
    [InlineData(".webp", "lossless=True, method=0")]
    public void Every_image_encoded_again_decodes_to_Pillows_pixels(string extension, string options)
    {
        foreach (var path in Files().Sound)
        {
            var encoded = pillow.NewPath(extension);
            var expected = pillow.Run($"""
                image = Image.open('{path}')
                image = image.convert("RGBA" if "{extension}" == ".webp" and "A" in image.getbands() else "RGB")
                result = b""
                if image.width * image.height <= {MostPixelsToEncode}:
                    image.save('{encoded}', {options})
                    result = Image.open('{encoded}').convert('RGB').tobytes()
                """);
            if (expected.Length > 0)
            {
                RgbImage.Load(encoded).Pixels.ShouldEqual(expected, $"{path} as {extension}, {options}");
                File.Delete(encoded);
            }
        }
    }

    [SkippableTheory]
    [InlineData("bilinear", 256, 224)]
    [InlineData("bicubic", 303, 288)]
    public void Every_image_is_prepared_as_torchvision_prepares_it_to_the_bit(string interpolation, int resize, int crop)
    {
        var preset = ImagePreset.TorchvisionImageNet with
        {
            ResizeSize = resize,
            CropSize = crop,
            Interpolation = Enum.Parse<Resampling>(interpolation, ignoreCase: true),
        };
        foreach (var path in Files().Sound)
        {
            var expected = pillow.Run($"""
                from torchvision.transforms import InterpolationMode
                from torchvision.transforms._presets import ImageClassification
                preset = ImageClassification(crop_size={crop}, resize_size={resize}, interpolation=InterpolationMode("{interpolation}"))
                result = preset(Image.open('{path}').convert('RGB')).numpy().tobytes()
                """);

            MemoryMarshal.AsBytes(preset.Apply(RgbImage.Load(path)).AsSpan()).ToArray().ShouldEqual(expected, path);
        }
    }

    /// <summary>The images, and those that Pillow cannot read either.</summary>
    private (string[] Sound, string[] Refused) Files()
    {
        // artifacts/BACKEND/bin/PROJECT/CONFIGURATION/ is where this runs.
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "corpus")).Replace('\\', '/');
        Skip.IfNot(Directory.Exists(folder), "There are no images in artifacts/corpus; ./build.sh test puts them there.");
        var lines = pillow.RunText($"""
            from glob import glob
            def reads(path):
                try:
                    return Image.open(path).convert("RGB") is not None
                except (OSError, SyntaxError):
                    return False
            result = "\n".join(str(int(reads(path))) + path for path in sorted(glob("{folder}/*/*")))
            """).Split('\n');
        lines.Should().HaveCountGreaterThan(10);
        return (PathsAfter('1'), PathsAfter('0'));

        string[] PathsAfter(char mark) => lines.Where(line => line[0] == mark).Select(line => line[1..]).ToArray();
    }
}
