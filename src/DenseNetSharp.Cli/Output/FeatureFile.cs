using System.Globalization;
using System.Text;
using System.Text.Json;
using DenseNetSharp.Checkpoints;
using nietras.SeparatedValues;

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

    /// <summary>Writes the file, which appears complete or not at all.</summary>
    public void Save(string path)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                Replace(path, stream => NpyFile.Write(stream, values, shape));
                break;
            case ".csv":
                Replace(path, WriteCsv);
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

    /// <summary>A row an image: its name, then its features in memory order, as short as they read back to the same float.</summary>
    private void WriteCsv(Stream stream)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        using var writer = Sep.New(',').Writer(options => options with { Escape = true, CultureInfo = CultureInfo.InvariantCulture }).To(text);
        var columns = values.Length / images.Count;
        string[] names = [.. Enumerable.Range(0, columns).Select(i => $"f{i}")];
        foreach (var (i, image) in images.Index())
        {
            using var row = writer.NewRow();
            row["image"].Set(image);
            for (var column = 0; column < columns; column++)
            {
                row[names[column]].Format(values[(i * columns) + column]);
            }
        }
    }

    private static void Replace(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = File.Create(temporary))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
