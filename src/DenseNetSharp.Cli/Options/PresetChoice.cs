using System.Globalization;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>How a command line wants images prepared: by a preset that it names, or the checkpoint's own, and what it changes of that.
/// </summary>
internal sealed record PresetChoice
{
    /// <summary>The checkpoint's own preset, unchanged.</summary>
    public static PresetChoice Own { get; } = new();

    /// <summary>The preset that --preset names; null for the checkpoint's own.</summary>
    public ImagePreset? Named { get; init; }

    public PresetResize? Resize { get; init; }

    /// <summary>The side of the square that is kept.</summary>
    public int? Size { get; init; }

    public Resampling? Interpolation { get; init; }

    public int? Channels { get; init; }

    /// <summary>One value for all channels, or one each.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>One value for all channels, or one each.</summary>
    public IReadOnlyList<float>? Std { get; init; }

    public float? Divisor { get; init; }

    /// <summary>The preset that comes of it; what the command line changes stands in its name.</summary>
    /// <param name="own">The checkpoint's own preset.</param>
    /// <param name="remarks">Gets what was changed, a sentence's part each.</param>
    /// <exception cref="UsageException">There are more or fewer means or deviations than channels.</exception>
    public ImagePreset Over(ImagePreset own, List<string> remarks)
    {
        var start = Named ?? own;
        var preset = start;
        var changes = new List<string>();
        if (Channels is { } channels && channels != preset.Channels)
        {
            Change($"channels {channels}", WithChannels(preset, channels));
        }

        if (Resize is { } resize)
        {
            Change($"resize {resize}", resize.Over(preset));
        }

        if (Size is { } side)
        {
            Change($"size {side}", Resize is null ? preset.WithSize(side) : preset with { CropSize = side });
        }

        if (Interpolation is { } filter)
        {
            Change($"interpolation {filter.ToString().ToLowerInvariant()}", preset with { Interpolation = filter });
        }

        if (Divisor is { } divisor)
        {
            Change($"divisor {Text([divisor])}", preset with { Divisor = divisor });
        }

        if (Mean is not null)
        {
            Change($"mean {Text(Mean)}", preset with { Mean = OnePerChannel("--mean", Mean, preset) });
        }

        if (Std is not null)
        {
            Change($"std {Text(Std)}", preset with { Std = OnePerChannel("--std", Std, preset) });
        }

        if ((changes.Count > 0 || Named is not null) && preset.CropSize is { } crop
            && SmallerSideOf(preset) is { } smaller && (smaller.Height < crop.Height || smaller.Width < crop.Width))
        {
            remarks.Add($"images resized to {(preset.FixedSize is { } whole ? whole : $"a shorter side of {preset.ResizeSize}")} are smaller than the crop of "
                + $"{crop}, which fills up with black, as torchvision's CenterCrop does; --size changes the crop");
        }

        if (changes.Count == 0)
        {
            return start;
        }

        remarks.Add($"preset {start.Name}, changed: {string.Join(", ", changes)}");
        return preset with { Name = $"{start.Name}+{string.Join('+', changes)}" };

        void Change(string text, ImagePreset changed)
        {
            // What it is already keeps its name, so that a run goes on under the options that it began with.
            if (changed != preset)
            {
                preset = changed;
                changes.Add(text);
            }
        }
    }

    /// <summary>The preset that comes of it for a network of so many input channels, which gray images and colour ones are made to
    /// fit.</summary>
    /// <param name="own">The checkpoint's own preset.</param>
    /// <param name="channels">The network's input channels.</param>
    /// <param name="remedy">What helps where images cannot be made to fit.</param>
    /// <param name="remarks">Gets what was changed, a sentence's part each.</param>
    /// <exception cref="UsageException">There are more or fewer means or deviations than channels, or the network takes channels that
    /// images do not have.</exception>
    public ImagePreset For(ImagePreset own, int channels, string remedy, List<string> remarks)
    {
        var preset = Over(own, remarks);
        if (preset.Channels == channels)
        {
            return preset;
        }

        if (channels is not (1 or 3))
        {
            throw new UsageException(
                $"The preset {preset.Name} makes images of {preset.Channels} {(preset.Channels == 1 ? "channel" : "channels")}, but the network "
                + $"takes {channels}, which images do not have{(preset.Channels is 1 or 3 ? "" : $"; {remedy}")}.");
        }

        var fitting = preset.ForChannels(channels);
        remarks.Add(channels == 3
            ? $"the preset {preset.Name} makes one channel and the network takes three: gray is repeated"
            : $"the preset {preset.Name} makes three channels and the network takes one: colour is made gray, as Pillow does, with the average mean "
                + $"({Text(fitting.Mean)}) and deviation ({Text(fitting.Std)})");
        return fitting;
    }

    /// <summary>Gray if one channel is asked for; colour if three are.</summary>
    private static ImagePreset WithChannels(ImagePreset preset, int channels) =>
        preset.ForChannels(channels) with { Name = preset.Name, ConvertToGray = false };

    /// <summary>The least that the resize makes of an image; null where there is no resize.</summary>
    private static ImageSize? SmallerSideOf(ImagePreset preset) => preset.FixedSize ?? (preset.ResizeSize is { } side ? new ImageSize(side, side) : null);

    private static float[] Repeated(IReadOnlyList<float> values, int channels) => [.. Enumerable.Repeat(values[0], channels)];

    private IReadOnlyList<float> OnePerChannel(string option, IReadOnlyList<float> values, ImagePreset preset)
    {
        if (values.Count == preset.Channels)
        {
            return values;
        }

        return values.Count == 1
            ? Repeated(values, preset.Channels)
            : throw new UsageException(
                $"{option} has {values.Count} values, but {(Channels is null ? $"the preset {preset.Name} makes" : $"--channels {Channels} makes")} images of "
                + $"{(preset.Channels == 1 ? "1 channel: give one" : $"{preset.Channels} channels: give one for all or one each")}"
                + $"{(Channels is null ? ", or name --channels" : "")}.");
    }

    private static string Text(IEnumerable<float> values) => string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));
}
