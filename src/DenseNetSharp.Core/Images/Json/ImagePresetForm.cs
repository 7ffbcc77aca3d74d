using System.Text.Json;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Images.Json;

/// <summary>A preset as JSON has it, where much may be left out. Always written in full.</summary>
internal sealed record ImagePresetForm
{
    public string? Name { get; init; }

    [JsonConverter(typeof(WholeNumberConverter))]
    public int? ResizeSize { get; init; }

    public ImageSize? FixedSize { get; init; }

    [JsonConverter(typeof(NameConverter<Resampling>))]
    public Resampling? Interpolation { get; init; }

    public ImageSize? CropSize { get; init; }

    [JsonConverter(typeof(WholeNumberConverter))]
    public int? Channels { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ConvertToGray { get; init; }

    public float? Divisor { get; init; }

    public IReadOnlyList<float>? Mean { get; init; }

    public IReadOnlyList<float>? Std { get; init; }

    /// <summary>What a preset does not have: a misspelt key must not pass for one that was left out.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    public static ImagePresetForm Of(ImagePreset preset) => new()
    {
        Name = preset.Name,
        ResizeSize = preset.ResizeSize,
        FixedSize = preset.FixedSize,
        Interpolation = preset.Interpolation,
        CropSize = preset.CropSize,
        Channels = preset.Channels,
        ConvertToGray = preset.ConvertToGray ? true : null,
        Divisor = preset.Divisor,
        Mean = preset.Mean,
        Std = preset.Std,
    };

    /// <exception cref="JsonException">Something is missing, or too much.</exception>
    public ImagePreset ToPreset()
    {
        // Where an editor finds the schema.
        if (Unknown?.Keys.FirstOrDefault(name => name != "$schema") is { } key)
        {
            throw new JsonException(
                $"a preset has no '{key}'; it has name, resizeSize, fixedSize, interpolation, cropSize, channels, convertToGray, divisor, mean and std");
        }

        return new ImagePreset
        {
            Name = Name switch { null => throw Missing("name"), "" => throw new JsonException("the preset's name is empty"), var name => name },
            ResizeSize = ResizeSize,
            FixedSize = FixedSize,
            // torchvision's default.
            Interpolation = Interpolation ?? Resampling.Bilinear,
            CropSize = CropSize,
            Channels = Channels ?? Mean?.Count ?? throw Missing("mean"),
            ConvertToGray = ConvertToGray ?? false,
            Divisor = Divisor ?? 255,
            Mean = Mean ?? throw Missing("mean"),
            Std = Std ?? throw Missing("std"),
        };
    }

    private static JsonException Missing(string name) => new($"the preset has no {name}");
}
