using System.Globalization;
using System.Text;
using System.Text.Json;
using DenseNetSharp.Checkpoints;
using DenseNetSharp.Files;

namespace DenseNetSharp.Cli.Output;

/// <summary>Features of images in a file whose ending says how: safetensors, NumPy's, or comma-separated values.</summary>
/// <param name="images">The images' names, one a row.</param>
/// <param name="values">The features, row after row.</param>
/// <param name="shape">Their shape; the first length is the number of images.</param>
internal sealed class FeatureFile(IReadOnlyList<string> images, float[] values, long[] shape)
{
    /// <summary>What the tensor is called in safetensors.</summary>
    public const string TensorName = "features";

    public static IReadOnlyList<string> Endings { get; } = [".safetensors", ".npy", ".csv"];

    public required string Layer { get; init; }

    public required string Preset { get; init; }

    /// <summary>Whether a file's ending is one that can be written.</summary>
    public static bool CanWrite(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a file's rows have room for features of this shape an image: a line has no more than one dimension.</summary>
    public static bool HasRoom(string path, long[] rowShape) =>
        rowShape.Length <= 1 || Path.GetExtension(path).ToLowerInvariant() is ".safetensors" or ".npy";

    /// <summary>Writes the file, which appears complete or not at all.</summary>
    public void Save(string path)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                AtomicFile.Write(path, stream => NpyFile.Write(stream, values, shape));
                break;
            case ".csv":
                AtomicFile.Write(path, WriteCsv);
                break;
            default:
                WriteSafetensors(path);
                break;
        }
    }

    private void WriteSafetensors(string path)
    {
        using var checkpoint = new Checkpoint(
            new Dictionary<string, CheckpointTensor> { [TensorName] = CheckpointTensor.FromArray(values, shape) },
            new Dictionary<string, string>
            {
                ["images"] = JsonSerializer.Serialize(images),
                ["layer"] = Layer,
                ["preset"] = Preset,
            });
        checkpoint.Save(path, CheckpointFormat.Safetensors);
    }

    /// <summary>A row an image: its name, then its features, as short as they read back to the same float.</summary>
    private void WriteCsv(Stream stream)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        var columns = values.Length / images.Count;
        text.Write(CsvText.Line(["image", .. Enumerable.Range(0, columns).Select(i => string.Create(CultureInfo.InvariantCulture, $"f{i}"))]));
        foreach (var (i, image) in images.Index())
        {
            var row = values[(i * columns)..((i + 1) * columns)];
            text.Write(CsvText.Line([image, .. row.Select(value => value.ToString(CultureInfo.InvariantCulture))]));
        }
    }
}
