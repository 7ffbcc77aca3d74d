using DenseNetSharp.Images;

namespace DenseNetSharp.Cli.Options;

/// <summary>A preset at another size.</summary>
internal static class PresetSize
{
    /// <summary>The preset that makes images of <paramref name="side"/> by <paramref name="side"/>; what it resizes to before
    /// a crop changes in proportion.</summary>
    public static ImagePreset WithSize(this ImagePreset preset, int side)
    {
        if (preset.CropSize is not { } crop)
        {
            return preset.FixedSize is null
                ? preset with { ResizeSize = side, CropSize = side }
                : preset with { FixedSize = side };
        }

        return preset with
        {
            ResizeSize = preset.ResizeSize is { } shorter ? Scaled(shorter, Math.Min(crop.Height, crop.Width)) : null,
            FixedSize = preset.FixedSize is { } size ? new ImageSize(Scaled(size.Height, crop.Height), Scaled(size.Width, crop.Width)) : null,
            CropSize = side,
        };

        int Scaled(int length, int cropped) => (int)Math.Round((double)length * side / cropped);
    }
}
