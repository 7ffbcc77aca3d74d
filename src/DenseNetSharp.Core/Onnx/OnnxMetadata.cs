using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Architectures;
using DenseNetSharp.Images;

namespace DenseNetSharp.Onnx;

/// <summary>A file's <c>metadata_props</c>: the fields of <c>run.json</c> under their names there.</summary>
internal static class OnnxMetadata
{
    public static IReadOnlyDictionary<string, string> Of(DenseNetSpec spec, OnnxExportOptions options)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (spec.Name is { } name)
        {
            metadata["architecture"] = name;
        }

        if (options.Task is { } task)
        {
            metadata["task"] = task.ToString().ToLowerInvariant();
        }

        if (options.ClassNames is { } names)
        {
            metadata["classNames"] = JsonSerializer.Serialize([.. names], OnnxMetadataJson.Default.StringArray);
        }

        if (options.Thresholds is { } thresholds)
        {
            metadata["thresholds"] = JsonSerializer.Serialize([.. thresholds], OnnxMetadataJson.Default.SingleArray);
        }

        if (options.Temperature is { } temperature)
        {
            metadata["temperature"] = temperature.ToString("R", CultureInfo.InvariantCulture);
        }

        if (options.Preset is { } preset)
        {
            metadata["preset"] = JsonSerializer.Serialize(preset, OnnxMetadataJson.Default.ImagePreset);
        }

        foreach (var (key, value) in options.Metadata ?? new Dictionary<string, string>())
        {
            metadata[key] = value;
        }

        return metadata;
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(ImagePreset))]
internal sealed partial class OnnxMetadataJson : JsonSerializerContext;
