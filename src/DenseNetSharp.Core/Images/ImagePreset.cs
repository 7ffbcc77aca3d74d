using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Images.Json;

namespace DenseNetSharp.Images;

/// <summary>How a network wants its images: resized, cropped, scaled and normalised. Data only.</summary>
/// <remarks>
/// The steps and their arithmetic are torchvision's <c>transforms._presets.ImageClassification</c>: resize, centre crop,
/// conversion to float, normalisation. A step that is null is left out. As JSON, a size may be a number, for a square, and what is
/// left out is bilinear, as many channels as means, and the divisor 255; docs/run-json.md has the fields.
/// </remarks>
[JsonConverter(typeof(ImagePresetConverter))]
public sealed record ImagePreset
{
    /// <summary>What torchvision's ImageNet DenseNets expect: shorter side to 256, bilinear, the central 224x224.</summary>
    public static ImagePreset TorchvisionImageNet { get; } = new()
    {
        Name = "torchvision-imagenet",
        ResizeSize = 256,
        CropSize = 224,
        Mean = [0.485f, 0.456f, 0.406f],
        Std = [0.229f, 0.224f, 0.225f],
    };

    /// <summary>What timm's ImageNet DenseNets expect at 224x224: bicubic, the central 87.5% of the shorter side.</summary>
    public static ImagePreset Timm224 { get; } = TorchvisionImageNet with
    {
        Name = "timm-224",
        Interpolation = Resampling.Bicubic,
    };

    /// <summary>What timm measures its own recipes' DenseNets at besides: bicubic, 288x288, the central 95%.</summary>
    public static ImagePreset Timm288 { get; } = Timm224 with
    {
        Name = "timm-288",
        ResizeSize = 303,
        CropSize = 288,
    };

    /// <summary>
    /// What Keras's <c>applications.densenet</c> expects: <c>load_img(target_size=(224, 224))</c>, whose default is the
    /// nearest pixel, then <c>preprocess_input</c> (mode "torch").
    /// </summary>
    public static ImagePreset KerasImageNet { get; } = TorchvisionImageNet with
    {
        Name = "keras-imagenet",
        ResizeSize = null,
        FixedSize = 224,
        Interpolation = Resampling.Nearest,
        CropSize = null,
    };

    /// <summary>
    /// Chest X-rays as torchxrayvision's networks expect them: one channel, the central square at 224x224, 8-bit values
    /// mapped to [-1024, 1024] (<c>datasets.normalize(image, 255)</c>).
    /// </summary>
    /// <remarks>The resize is Pillow's antialiased bilinear one, not scikit-image's.</remarks>
    public static ImagePreset ChestXray { get; } = new()
    {
        Name = "chest-xray",
        ResizeSize = 224,
        CropSize = 224,
        Channels = 1,
        // (v / 255 - 1/2) * 2048, which rounds as torchxrayvision's (2 * (v / 255) - 1) * 1024 does.
        Mean = [0.5f],
        Std = [1 / 2048f],
    };

    /// <summary>Gray images where nothing else is known: one channel, shorter side to 256, bilinear, the central 224x224, values in
    /// [-1, 1] (<c>Grayscale()</c> and <c>Normalize([0.5], [0.5])</c>).</summary>
    public static ImagePreset Gray { get; } = TorchvisionImageNet with
    {
        Name = "gray",
        Channels = 1,
        Mean = [0.5f],
        Std = [0.5f],
    };

    /// <summary>What networks for CIFAR are trained on: the whole image at 32x32, CIFAR-10's mean and deviation (gpleiss'
    /// efficient_densenet_pytorch and others; the paper normalises by them).</summary>
    public static ImagePreset Cifar10 { get; } = new()
    {
        Name = "cifar10",
        FixedSize = 32,
        Mean = [0.4914f, 0.4822f, 0.4465f],
        Std = [0.2470f, 0.2435f, 0.2616f],
    };

    /// <summary>The presets that have a name here.</summary>
    public static IReadOnlyList<ImagePreset> All { get; } =
        [TorchvisionImageNet, Timm224, Timm288, KerasImageNet, ChestXray, Gray, Cifar10];

    /// <summary>The preset's name.</summary>
    public required string Name { get; init; }

    /// <summary>The length in pixels to which the shorter side is resized, the other in proportion; null for none.</summary>
    public int? ResizeSize { get; init; }

    /// <summary>The size to which every image is resized, instead of <see cref="ResizeSize"/>; null for none.</summary>
    public ImageSize? FixedSize { get; init; }

    /// <summary>How the resize weighs the pixels.</summary>
    public Resampling Interpolation { get; init; } = Resampling.Bilinear;

    /// <summary>The central part that is kept, padded with black where the image is smaller; null to keep all.</summary>
    public ImageSize? CropSize { get; init; }

    /// <summary>The number of channels: 3 for RGB, 1 for luma (Pillow's <c>convert("L")</c>, before the resize).</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Whether colour is made gray (luma) before the resize and repeated to three channels, as torchvision's
    /// <c>Grayscale(3)</c> does; one channel is luma anyway.</summary>
    public bool ConvertToGray { get; init; }

    /// <summary>What the 8-bit values are divided by first: 255 maps them to [0, 1].</summary>
    public float Divisor { get; init; } = 255f;

    /// <summary>What is subtracted then, one value a channel.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>What that is divided by at last, one value a channel.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>The size at which every image comes out; null where that depends on the image.</summary>
    public ImageSize? FixedOutputSize => CropSize ?? FixedSize;

    /// <summary>
    /// A size that suffices to start from, for <see cref="ImageDecodeOptions.AtLeast"/>: twice what the resize makes, so
    /// that it still averages (Pillow's <c>reducing_gap=2</c>). Null where nothing is resized.
    /// </summary>
    public ImageSize? SufficientDecodeSize => FixedSize is { } size ? Twice(size) : ResizeSize is { } shorter ? Twice(shorter) : null;

    /// <summary>Finds a preset of <see cref="All"/> by its name, whatever the case.</summary>
    /// <param name="name">Such as <c>torchvision-imagenet</c>.</param>
    /// <param name="preset">The preset, or null.</param>
    /// <returns>True if there is one.</returns>
    public static bool TryGet(string name, [NotNullWhen(true)] out ImagePreset? preset)
    {
        ArgumentNullException.ThrowIfNull(name);
        preset = All.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return preset is not null;
    }

    /// <summary>Reads a preset from a JSON file: its own object, or the <c>preset</c> of a <c>run.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The preset.</returns>
    /// <exception cref="InvalidDataException">The file is no preset; the message says where it goes wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImagePreset Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = File.OpenRead(path);
            var preset = ImagePresetFile.Read(stream);
            ImagePreprocessor.Check(preset);
            return preset;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no preset: {JsonFault.Of(exception)}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a file that <see cref="Load"/> reads is a whole run's description.</summary>
    internal static bool IsWithinRun(string path)
    {
        using var stream = File.OpenRead(path);
        return ImagePresetFile.IsWithinRun(stream);
    }

    /// <summary>The preset for a network of so many input channels: gray is repeated for three, with the same mean and deviation each;
    /// colour is made gray for one, with the average of the means and of the deviations.</summary>
    /// <param name="channels">1 or 3.</param>
    /// <returns>This preset where it has as many; else one whose name says so, such as <c>chest-xray as 3 channels</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The channels are others.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public ImagePreset ForChannels(int channels)
    {
        ImagePreprocessor.Check(this);
        return channels == Channels ? this : channels switch
        {
            1 => this with
            {
                Name = $"{Name} as 1 channel",
                Channels = 1,
                ConvertToGray = false,
                Mean = [Average(Mean)],
                Std = [Average(Std)],
            },
            3 => this with
            {
                Name = $"{Name} as 3 channels",
                Channels = 3,
                ConvertToGray = true,
                Mean = [Mean[0], Mean[0], Mean[0]],
                Std = [Std[0], Std[0], Std[0]],
            },
            _ => throw new ArgumentOutOfRangeException(nameof(channels), channels, $"The preset '{Name}' can be made to fit 1 or 3 channels."),
        };
    }

    /// <summary>The size that an image comes out at.</summary>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <returns>The height and width of what <see cref="Apply(RgbImage)"/> makes of it.</returns>
    /// <exception cref="ArgumentException">The image is so long that its resized length exceeds 2^31.</exception>
    public ImageSize OutputSize(int height, int width) => CropSize ?? ImagePreprocessor.ResizedSize(this, height, width);

    /// <summary>The part of an image that the network sees.</summary>
    /// <param name="height">The image's height in pixels.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <returns>What <see cref="Apply(RgbImage)"/> makes its result of, in the image's pixels; it goes beyond the image where that is
    /// padded.</returns>
    /// <exception cref="ArgumentException">The image is so long that its resized length exceeds 2^31.</exception>
    public ImageArea InputArea(int height, int width) => ImagePreprocessor.InputArea(this, height, width);

    /// <summary>Prepares one image.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <returns><c>[Channels, H, W]</c>, H and W being <see cref="OutputSize"/>.</returns>
    /// <exception cref="ArgumentException">The image is so long that its resized form fits nowhere.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public float[] Apply(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var size = OutputSize(image.Height, image.Width);
        var length = (long)Channels * size.Height * size.Width;
        if (length > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The preset '{Name}' would make {size} pixels of {image.Height}x{image.Width}, more than fit in one array.",
                nameof(image));
        }

        var pixels = new float[length];
        Apply(image, pixels);
        return pixels;
    }

    /// <summary>Prepares one image.</summary>
    /// <param name="image">The image; it is not changed.</param>
    /// <param name="destination">Receives <c>[Channels, H, W]</c>, H and W being <see cref="OutputSize"/>.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public void Apply(RgbImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        ImagePreprocessor.Run(this, image, destination);
    }

    /// <summary>Prepares a batch of images, which must all come out at the same size.</summary>
    /// <param name="images">The images; they are not changed.</param>
    /// <param name="destination">Receives <c>[images.Count, Channels, H, W]</c>.</param>
    /// <exception cref="ArgumentException">Two images come out at different sizes, or the destination has another length.</exception>
    /// <exception cref="InvalidOperationException">The preset contradicts itself; the message says how.</exception>
    public void Apply(IReadOnlyList<RgbImage> images, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            return;
        }

        var size = ImagePreprocessor.SizeOfAll(this, images);
        var length = (long)Channels * size.Height * size.Width;
        if (destination.Length != length * images.Count)
        {
            throw new ArgumentException(
                $"[{images.Count}, {Channels}, {size.Height}, {size.Width}] are {length * images.Count} values, " +
                $"but the destination holds {destination.Length}.", nameof(destination));
        }

        for (var i = 0; i < images.Count; i++)
        {
            ImagePreprocessor.Run(this, images[i], destination.Slice((int)(i * length), (int)length));
        }
    }

    /// <summary>Whether two presets prepare images alike and have the same name.</summary>
    /// <param name="other">The other preset.</param>
    public bool Equals(ImagePreset? other) =>
        other is not null
        && Name == other.Name
        && (ResizeSize, FixedSize, Interpolation, CropSize, Channels, ConvertToGray, Divisor) == (other.ResizeSize, other.FixedSize,
            other.Interpolation, other.CropSize, other.Channels, other.ConvertToGray, other.Divisor)
        && Mean.SequenceEqual(other.Mean)
        && Std.SequenceEqual(other.Std);

    private static ImageSize Twice(ImageSize size) =>
        new((int)Math.Min(2L * size.Height, int.MaxValue), (int)Math.Min(2L * size.Width, int.MaxValue));

    /// <summary>Of the numbers as people write them: that of 0.485, 0.456 and 0.406 is 0.449, which their nearest floats need not give.
    /// </summary>
    private static float Average(IReadOnlyList<float> values) => (float)values.Average(
        value => double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>The preset's name.</summary>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, ResizeSize, FixedSize, Interpolation, CropSize, Channels);
}
