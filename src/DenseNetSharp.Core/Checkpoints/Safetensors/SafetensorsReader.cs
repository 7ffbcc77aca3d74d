using System.Buffers.Binary;
using System.Text.Json;
using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Checkpoints.Safetensors;

/// <summary>
/// Reads safetensors: the header's length (uint64), the header in JSON, and the elements without gap or overlap.
/// The rules are those of the format's own reader (<c>safetensors/src/tensor.rs</c>).
/// </summary>
internal sealed class SafetensorsReader
{
    public const long MostHeaderBytes = 100_000_000;

    private const int MostDepth = 8;

    // A tensor of four dimensions takes 17 words of JSON, so this leaves room for as many tensors as a pickle may have.
    // A document takes memory for each word.
    private const int MostTokens = 2_000_000;

    private readonly MappedFile _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, CheckpointTensor>> _tensors = [];
    private readonly List<(long Start, long End, string Name)> _ranges = [];

    private SafetensorsReader(MappedFile file, long dataStart)
    {
        _file = file;
        _dataStart = dataStart;
    }

    public static CheckpointContent Read(MappedFile file)
    {
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(file.Read(0, sizeof(long)));
        if (headerLength is < 0 or > MostHeaderBytes)
        {
            throw new CheckpointFormatException(file.Path, 0, $"The header says that it has {headerLength} bytes.");
        }

        var header = file.Read(sizeof(long), (int)headerLength);
        var reader = new SafetensorsReader(file, sizeof(long) + headerLength);
        try
        {
            reader.ReadHeader(header);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The header is usually one line.
            var place = e is JsonException { LineNumber: 0, BytePositionInLine: { } position } ? position : 0;
            throw new CheckpointFormatException(
                file.Path, sizeof(long) + place, $"The header is damaged: {PrintableText.Of(e.Message)}");
        }

        reader.RequireNoGapsOrOverlaps();
        return new CheckpointContent
        {
            Format = CheckpointFormat.Safetensors,
            Tensors = reader._tensors,
            Metadata = reader._metadata,
        };
    }

    /// <summary>Goes over the header without keeping anything, so that what comes next is known to be cheap.</summary>
    private void RequireModestSize(byte[] header)
    {
        var tokens = 0;
        var names = 0;
        var reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = MostDepth });
        while (reader.Read())
        {
            // The metadata is the one name too many.
            var isName = reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1;
            if (isName && ++names > CheckpointContent.MostTensors + 1)
            {
                throw Error(
                    $"The header has more than {CheckpointContent.MostTensors} tensors, far more than any checkpoint.");
            }

            if (++tokens > MostTokens)
            {
                throw Error($"The header has more than {MostTokens} names and values, far more than any checkpoint.");
            }
        }
    }

    private void ReadHeader(byte[] header)
    {
        RequireModestSize(header);

        // Duplicate keys would let two readers see two different files.
        using var document = JsonDocument.Parse(
            header, new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.Name == SafetensorsNames.Metadata)
            {
                foreach (var item in property.Value.EnumerateObject())
                {
                    _metadata[item.Name] = item.Value.GetString()
                        ?? throw Error($"The metadata '{PrintableText.Of(item.Name)}' is null.");
                }
            }
            else
            {
                ReadTensor(property.Name, property.Value);
            }
        }
    }

    private void ReadTensor(string name, JsonElement description)
    {
        if (TensorName.FindProblem(name) is { } nameProblem)
        {
            throw Error(nameProblem);
        }

        var typeName = Property(name, description, SafetensorsNames.DataType).GetString();
        var dataType = CheckpointDataTypes.FromSafetensorsName(typeName ?? "")
            ?? throw Error(
                name, $"has the element type '{PrintableText.Of(typeName ?? "null")}', which is not supported.");
        var shape = Numbers(name, Property(name, description, SafetensorsNames.Shape));
        var offsets = Numbers(name, Property(name, description, SafetensorsNames.Offsets));
        if (offsets is not [var start, var end] || end < start || end > _file.Length - _dataStart)
        {
            throw Error(name, "does not lie in the file.");
        }

        var layout = TensorLayout.Contiguous(new ValueList<long>(shape));
        var size = dataType.SizeInBytes();
        if (layout.FindProblem((end - start) / size) is { } problem)
        {
            throw Error(name, $"is impossible: {problem}");
        }

        if (layout.ElementCount * size != end - start)
        {
            throw Error(name, $"has {end - start} bytes where its shape {ShapeText.Of(shape)} does not.");
        }

        var storage = new FileStorage(_file, _dataStart + start, end - start);
        _ranges.Add((start, end, name));
        _tensors.Add(new(name, new CheckpointTensor(dataType, storage, layout)));
    }

    private void RequireNoGapsOrOverlaps()
    {
        var next = 0L;
        foreach (var (start, end, name) in _ranges.OrderBy(range => range.Start).ThenBy(range => range.End))
        {
            if (start != next)
            {
                throw Error(name, "has a gap or an overlap before it.");
            }

            next = end;
        }

        if (next != _file.Length - _dataStart)
        {
            throw Error($"The tensors take {next} bytes, and the file has {_file.Length - _dataStart} for them.");
        }
    }

    private JsonElement Property(string tensor, JsonElement description, string name) =>
        description.TryGetProperty(name, out var value)
            ? value
            : throw Error(tensor, $"has no '{name}'.");

    private long[] Numbers(string tensor, JsonElement array)
    {
        if (array.GetArrayLength() > TensorLayout.MostDimensions)
        {
            throw Error(tensor, $"has {array.GetArrayLength()} dimensions.");
        }

        return array.EnumerateArray()
            .Select(item => item.TryGetInt64(out var number) && number >= 0
                ? number
                : throw Error(tensor, $"has a size or offset of {PrintableText.Of(item.GetRawText())}."))
            .ToArray();
    }

    private CheckpointFormatException Error(string tensor, string problem) =>
        Error($"The tensor '{PrintableText.Of(tensor)}' {problem}");

    private CheckpointFormatException Error(string problem) => new(_file.Path, sizeof(long), problem);
}
