using System.Text.Json;
using System.Text.Json.Serialization;

namespace DenseNetSharp.Images.Json;

/// <summary>Presets in JSON by way of <see cref="ImagePresetForm"/>.</summary>
internal sealed class ImagePresetConverter : JsonConverter<ImagePreset>
{
    public override ImagePreset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, ImagePresetJson.Default.ImagePresetForm)?.ToPreset();

    public override void Write(Utf8JsonWriter writer, ImagePreset value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, ImagePresetForm.Of(value), ImagePresetJson.Default.ImagePresetForm);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ImagePresetForm))]
internal sealed partial class ImagePresetJson : JsonSerializerContext;
