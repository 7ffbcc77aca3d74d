using System.Text.Json;
using System.Text.Json.Serialization;
using DenseNetSharp.Classification;
using DenseNetSharp.Images;

namespace DenseNetSharp.Weights;

/// <summary>
/// What a trained checkpoint does not say of itself, kept beside it as <c>run.json</c>: how to prepare images for it,
/// and what its classes are called.
/// </summary>
public sealed record RunDescription
{
    /// <summary>The file's name, in the checkpoint's folder.</summary>
    public const string FileName = "run.json";

    /// <summary>The named architecture, such as <c>densenet121</c>; null for one without a name, which the checkpoint's
    /// shapes describe.</summary>
    public string? Architecture { get; init; }

    /// <summary>Whether the classes exclude each other: <c>multiclass</c> (softmax) or <c>multilabel</c> (a sigmoid each).</summary>
    public ClassificationTask Task { get; init; }

    /// <summary>The classes' names, in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>How images are prepared.</summary>
    public required ImagePreset Preset { get; init; }

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
            var description = JsonSerializer.Deserialize(stream, RunDescriptionJson.Default.RunDescription)
                ?? throw new InvalidDataException($"{path} holds null where a run's description was expected.");
            if (description.ClassNames is null || description.ClassNames.Contains(null!) || description.Preset is null)
            {
                throw new InvalidDataException($"{path} has null for its preset, its class names or one of them.");
            }

            ImagePreprocessor.Check(description.Preset);
            return description;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no description of a run: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the description: to a temporary file first, then moved.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file cannot be written; what was there stays.</exception>
    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, RunDescriptionJson.Default.RunDescription));
}

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunDescription))]
internal sealed partial class RunDescriptionJson : JsonSerializerContext;
