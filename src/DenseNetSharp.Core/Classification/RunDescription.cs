using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Files;
using DenseNetSharp.Images;
using DenseNetSharp.Images.Json;
using DenseNetSharp.Metrics;
using DenseNetSharp.Training;

namespace DenseNetSharp.Classification;

/// <summary>
/// What a trained checkpoint does not say of itself, kept beside it as <c>run.json</c>: how to prepare images for it,
/// and what its classes are called. docs/run-json.md has its fields, docs/run.schema.json its JSON schema.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RunDescription
{
    /// <summary>The file's name, in the checkpoint's folder.</summary>
    public const string FileName = "run.json";

    private const string MetadataKey = "run";

    /// <summary>The named architecture, such as <c>densenet121</c>; null for one without a name, which the checkpoint's
    /// shapes describe.</summary>
    public string? Architecture { get; init; }

    /// <summary>Whether the classes exclude each other: <c>multiclass</c> (softmax) or <c>multilabel</c> (a sigmoid each), or
    /// <c>none</c> for outputs that are no probabilities; null where that is not said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonConverter(typeof(NameConverter<ClassificationTask>))]
    public ClassificationTask? Task { get; init; }

    /// <summary>The classes' names, in the order of the network's outputs; null where the description does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>The probability from which on a class counts as found, one a class, NaN for never; null for 0.5 each.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public IReadOnlyList<float>? Thresholds { get; init; }

    /// <summary>What the scores are divided by before softmax or sigmoid, fit on images held out
    /// (<see cref="TemperatureScaling"/>); null for the scores as they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <summary>How images are prepared.</summary>
    public required ImagePreset Preset { get; init; }

    /// <summary>Whether images are turned upright as their EXIF orientation says
    /// (<see cref="ImageDecodeOptions.ApplyExifOrientation"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ApplyExifOrientation { get; init; }

    /// <summary>Whether gray images of 16 bits keep the upper 8 of them (<see cref="ImageDecodeOptions.KeepUpperBitsOfGray"/>).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepGrayBits { get; init; }

    /// <summary>How image files are decoded for the network.</summary>
    [JsonIgnore]
    public ImageDecodeOptions DecodeOptions => new() { ApplyExifOrientation = ApplyExifOrientation, KeepUpperBitsOfGray = KeepGrayBits };

    /// <summary>Where an editor finds the schema; it means nothing here.</summary>
    [JsonInclude]
    [JsonPropertyName("$schema")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal string? Schema { get; init; }

    /// <summary>How the checkpoint was trained; null where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrainingDescription? Training { get; init; }

    /// <summary>Reads the description beside a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint's path.</param>
    /// <returns>The description; null where there is none.</returns>
    /// <exception cref="InvalidDataException">The file is there but is no description.</exception>
    public static RunDescription? FindBeside(string checkpoint)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpoint))!, FileName);
        return File.Exists(path) ? Load(path) : null;
    }

    /// <summary>Reads a description.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no description; the message says where it goes wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunDescription Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Checked(path, JsonSerializer.Deserialize(stream, RunDescriptionJson.Default.RunDescription));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no description of a run: {JsonFault.Of(exception)}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Finds the description that a checkpoint carries in its metadata.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>The description; null where there is none.</returns>
    /// <exception cref="InvalidDataException">There is an entry of that name that is no description.</exception>
    public static RunDescription? FindIn(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Metadata.TryGetValue(MetadataKey, out var json) ? Parse(json, checkpoint.Path ?? "the checkpoint") : null;
    }

    /// <summary>Reads a description from its JSON.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it comes from, for the message.</param>
    /// <exception cref="InvalidDataException">It is no description; the message says where it goes wrong.</exception>
    public static RunDescription Parse(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return Checked(source, JsonSerializer.Deserialize(json, RunDescriptionJson.Default.RunDescription));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{source} holds no description of a run: {JsonFault.Of(exception)}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{source}: {exception.Message}", exception);
        }
    }

    /// <summary>The description with another temperature, and thresholds by which the same labels are found at it.</summary>
    /// <param name="temperature">The temperature.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a finite number above 0.</exception>
    public RunDescription WithTemperature(double temperature) => this with
    {
        Temperature = Temperatures.Require(temperature, nameof(temperature)),
        Thresholds = Thresholds is null ? null : Temperatures.ConvertThresholds(Thresholds, Temperature ?? 1, temperature),
    };

    /// <summary>The description as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunDescriptionJson.Default.RunDescription);

    /// <summary>The description as metadata that a checkpoint can carry.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string> { [MetadataKey] = ToJson() };

    private static RunDescription Checked(string source, RunDescription? description)
    {
        if (description is null)
        {
            throw new InvalidDataException($"{source} holds null where a run's description was expected.");
        }

        if (description.ClassNames?.Contains(null!) == true || description.Preset is null)
        {
            throw new InvalidDataException($"{source} has null for its preset or one of its class names.");
        }

        if (description is { Thresholds: { } thresholds, ClassNames: { } names } && thresholds.Count != names.Count)
        {
            throw new InvalidDataException($"{source} has {thresholds.Count} thresholds for {names.Count} class names.");
        }

        if (description.Temperature is { } temperature && !Temperatures.IsTemperature(temperature))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{source} has the temperature {temperature}; it must be a finite number above 0."));
        }

        ImagePreprocessor.Check(description.Preset);
        return description;
    }

    /// <summary>Writes the description: to a temporary file first, then moved.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, RunDescriptionJson.Default.RunDescription));
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RunDescription))]
internal sealed partial class RunDescriptionJson : JsonSerializerContext;
