using System.CommandLine.Parsing;
using System.Globalization;
using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>What --resize says: a shorter side, or both.</summary>
/// <param name="Shorter">The length of the shorter side; null where both are given.</param>
/// <param name="Both">Both sides.</param>
internal sealed record PresetResize(int? Shorter, ImageSize? Both)
{
    private const int Most = 16384;

    public static PresetResize? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var sides = text.Split('x', 'X');
        if (sides.Length <= 2 && sides.All(side =>
            int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= Most))
        {
            int[] lengths = [.. sides.Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
            return lengths is [var height, var width] ? new PresetResize(null, new ImageSize(height, width)) : new PresetResize(lengths[0], null);
        }

        result.AddError($"--resize is {text}; it must be the shorter side's length, such as 256, or height and width, such as 224x224, up to {Most}.");
        return null;
    }

    /// <summary>The preset with this resize. Both sides make the whole image what the network sees: nothing is cropped then.</summary>
    public ImagePreset Over(ImagePreset preset) => Both is { } size
        ? preset with { ResizeSize = null, FixedSize = size, CropSize = null }
        : preset with { ResizeSize = Shorter, FixedSize = null };

    public override string ToString() => Both?.ToString() ?? Shorter!.Value.ToString(CultureInfo.InvariantCulture);
}
