using System.Text.Json;

namespace DenseNetSharp.Images.Json;

/// <summary>A preset in a file of its own, or within a run's description.</summary>
internal static class ImagePresetFile
{
    /// <summary>Whether an object has a preset within it.</summary>
    public static bool IsWithinRun(Stream stream)
    {
        using var document = JsonDocument.Parse(stream);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("preset", out _);
    }

    /// <exception cref="JsonException">It is no preset.</exception>
    public static ImagePreset Read(Stream stream)
    {
        using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("a preset is an object");
        }

        var preset = root.TryGetProperty("preset", out var inside) ? inside : root;
        return preset.Deserialize(ImagePresetJson.Default.ImagePresetForm)?.ToPreset() ?? throw new JsonException("its preset is null");
    }
}
