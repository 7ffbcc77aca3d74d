using System.Buffers.Binary;
using System.Text.Json;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Safetensors;

/// <summary>Writes safetensors as <see cref="SafetensorsReader"/> reads them.</summary>
internal static class SafetensorsWriter
{
    public static void Write(Checkpoint checkpoint, Stream stream)
    {
        // Larger elements first, so that every tensor starts at a multiple of its element's size.
        var order = checkpoint.Tensors.OrderByDescending(item => item.Value.DataType.SizeInBytes()).ToArray();
        var header = MakeHeader(checkpoint, order);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);

        using var buffer = new TensorBuffer();
        foreach (var (_, tensor) in order)
        {
            stream.Write(buffer.Fill(tensor));
        }
    }

    private static byte[] MakeHeader(Checkpoint checkpoint, KeyValuePair<string, CheckpointTensor>[] order)
    {
        var starts = new Dictionary<string, long>(StringComparer.Ordinal);
        var next = 0L;
        foreach (var (name, tensor) in order)
        {
            starts.Add(name, next);
            next += tensor.ByteCount;
        }

        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            WriteMetadata(json, checkpoint.Metadata);
            foreach (var (name, tensor) in checkpoint.Tensors)
            {
                WriteTensor(json, name, tensor, starts[name]);
            }

            json.WriteEndObject();
        }

        // Spaces are allowed after the JSON; with them the elements start at a multiple of eight.
        while (header.Length % 8 != 0)
        {
            header.WriteByte((byte)' ');
        }

        return header.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        json.WriteStartObject(SafetensorsNames.Metadata);
        foreach (var (key, value) in metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, string name, CheckpointTensor tensor, long start)
    {
        json.WriteStartObject(name);
        json.WriteString(SafetensorsNames.DataType, tensor.DataType.SafetensorsName());
        WriteNumbers(json, SafetensorsNames.Shape, tensor.Shape);
        WriteNumbers(json, SafetensorsNames.Offsets, [start, start + tensor.ByteCount]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
