using System.Runtime.InteropServices;
using System.Text.Json;
using PureHDF;

namespace DenseNetSharp.Checkpoints.Hdf5;

/// <summary>
/// Reads Keras's layout: <c>layer_names</c> at the root or in the group <c>model_weights</c>, a group for each layer, <c>weight_names</c>
/// there, and a data set for each weight (<c>keras/src/legacy/saving/legacy_h5_format.py</c>).
/// </summary>
internal sealed class KerasFileReader
{
    private const string Layers = "layer_names", Weights = "weight_names";

    // As for other checkpoints: compressed weights take a part of their length, but not any part.
    private const int MostRepetitions = 64;
    private const long MostCompressedBytes = 256 << 20;

    private readonly string _path;
    private readonly long _mostBytes;
    private readonly OrderedDictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);
    private Int128 _bytes;

    private KerasFileReader(string path, long fileLength) => (_path, _mostBytes) = (path, (fileLength * MostRepetitions) + MostCompressedBytes);

    /// <summary>Reads all weights.</summary>
    public static Checkpoint Read(string path, long fileLength, IH5Group file)
    {
        var reader = new KerasFileReader(path, fileLength);
        var root = Names(file, Layers) is null && file.LinkExists("model_weights") ? file.Group("model_weights") : file;
        var layers = Names(root, Layers) ?? throw reader.Error(DescribeOther(file));
        foreach (var layer in layers)
        {
            reader.ReadLayer(layer, root.Group(layer));
        }

        // Weights of a model that belong to none of its layers.
        const string others = "top_level_model_weights";
        if (!layers.Contains(others) && root.LinkExists(others))
        {
            reader.ReadLayer(others, root.Group(others));
        }

        return reader._tensors.Count > 0
            ? new Checkpoint(path, reader._tensors, Metadata(file, root))
            : throw reader.Error("The file is Keras's, but its layers have no weights.");
    }

    private static string DescribeOther(IH5Group file) => file.LinkExists("layers") || file.LinkExists("_layer_checkpoint_dependencies")
        ? "The file is Keras 3's .weights.h5, in which weights have numbers in place of names; in Python model.save('model.h5') writes what is read, and so "
            + $"does {OtherFiles.KerasRemedy}."
        : $"The file is HDF5, but not a Keras model's weights: it has no '{Layers}'.";

    /// <summary>A list of names, which Keras divides where it is too long for one attribute; null where there is none.</summary>
    private static string[]? Names(IH5Object owner, string name)
    {
        if (owner.AttributeExists(name))
        {
            return Strings(owner.Attribute(name));
        }

        var parts = new List<string>();
        for (var i = 0; owner.AttributeExists($"{name}{i}"); i++)
        {
            parts.AddRange(Strings(owner.Attribute($"{name}{i}")));
        }

        return parts.Count > 0 ? [.. parts] : null;
    }

    /// <summary>No names at all are an empty array of numbers.</summary>
    private static string[] Strings(IH5Attribute attribute) =>
        attribute.Space.Type == H5DataspaceType.Null || attribute.Space.Dimensions.Contains(0UL) ? [] : attribute.Read<string[]>();

    private static Dictionary<string, string> Metadata(IH5Group file, IH5Group root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (string[])["keras_version", "backend"])
        {
            if (root.AttributeExists(name))
            {
                metadata[name] = root.Attribute(name).Read<string>();
            }
        }

        if (file.AttributeExists("model_config") && TaskOf(file.Attribute("model_config").Read<string>()) is { } task)
        {
            metadata["task"] = task;
        }

        return metadata;
    }

    /// <summary>What a model's outputs mean, by the activation of its last layer; null where that says nothing.</summary>
    private static string? TaskOf(string configuration)
    {
        try
        {
            using var document = JsonDocument.Parse(configuration);
            return document.RootElement.TryGetProperty("config", out var config) && config.TryGetProperty("layers", out var layers)
                && layers.EnumerateArray().LastOrDefault() is { ValueKind: JsonValueKind.Object } last
                && last.TryGetProperty("config", out var settings) && settings.TryGetProperty("activation", out var activation)
                && activation.ValueKind == JsonValueKind.String
                    ? activation.GetString() switch { "sigmoid" => "multilabel", "softmax" => "multiclass", _ => null }
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A description that nobody needs for the weights.
            return null;
        }
    }

    private void ReadLayer(string layer, IH5Group group)
    {
        foreach (var name in Names(group, Weights) ?? throw Error($"The layer '{PrintableText.Of(layer)}' has no '{Weights}'."))
        {
            var key = name.Contains('/', StringComparison.Ordinal) ? name : $"{layer}/{name}";
            if (TensorName.FindProblem(key) is { } problem)
            {
                throw Error(problem);
            }

            if (_tensors.Count == CheckpointContent.MostTensors)
            {
                throw Error($"The file has more than {CheckpointContent.MostTensors} weights, far more than any network.");
            }

            if (!_tensors.TryAdd(key, ReadWeight(key, group.Dataset(name))))
            {
                throw Error($"Two weights are named '{PrintableText.Of(key)}'.");
            }
        }
    }

    private CheckpointTensor ReadWeight(string key, IH5Dataset data)
    {
        var type = data.Type;
        var isSigned = type.Class == H5DataTypeClass.FixedPoint && type.FixedPoint.IsSigned;
        return (type.Class, type.Size, isSigned) switch
        {
            (H5DataTypeClass.FloatingPoint, 4, _) => ReadAs<float>(key, data, CheckpointDataType.Float32),
            (H5DataTypeClass.FloatingPoint, 8, _) => ReadAs<double>(key, data, CheckpointDataType.Float64),
            (H5DataTypeClass.FloatingPoint, 2, _) => ReadAs<Half>(key, data, CheckpointDataType.Float16),
            (H5DataTypeClass.FixedPoint, 8, true) => ReadAs<long>(key, data, CheckpointDataType.Int64),
            (H5DataTypeClass.FixedPoint, 4, true) => ReadAs<int>(key, data, CheckpointDataType.Int32),
            (H5DataTypeClass.FixedPoint, 2, true) => ReadAs<short>(key, data, CheckpointDataType.Int16),
            (H5DataTypeClass.FixedPoint, 1, true) => ReadAs<sbyte>(key, data, CheckpointDataType.Int8),
            (H5DataTypeClass.FixedPoint, 1, false) => ReadAs<byte>(key, data, CheckpointDataType.UInt8),
            _ => throw Error($"The weight '{PrintableText.Of(key)}' has elements of HDF5's type {type.Class} of {type.Size} bytes, which is not supported."),
        };
    }

    private CheckpointTensor ReadAs<T>(string key, IH5Dataset data, CheckpointDataType dataType)
        where T : unmanaged
    {
        var shape = data.Space.Dimensions;
        Int128 count = data.Space.Type == H5DataspaceType.Null ? 0 : 1;
        foreach (var size in shape)
        {
            count = Int128.Min(count * size, long.MaxValue);
        }

        _bytes += count * dataType.SizeInBytes();
        if (_bytes > _mostBytes || count > Array.MaxLength)
        {
            throw Error($"The weight '{PrintableText.Of(key)}' of shape {ShapeText.Of(shape.Select(size => (long)Math.Min(size, long.MaxValue)))} is larger "
                + "than the file can hold.");
        }

        var values = count == 0 ? [] : data.Read<T[]>();
        return CheckpointTensor.FromBytes(dataType, shape.Select(size => (long)size), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    private CheckpointFormatException Error(string problem) => new(_path, null, problem);
}
