using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Collections;

namespace DenseNetSharp.Checkpoints.TorchSharp;

/// <summary>
/// Reads what TorchSharp's <c>Module.save</c> and its <c>exportsd.py</c> write: the count of tensors, then of each the name, the
/// element type, the count of dimensions, the sizes and the elements (<c>src/TorchSharp/NN/Module.cs</c>, <c>save_state_dict</c>).
/// </summary>
internal static class TorchSharpReader
{
    // A network's parameters have at most five. In a text the byte would be a character of 9 at least.
    private const long MostDimensionsOfFirst = 8;

    /// <summary>
    /// Whether a file starts as such a file does, which has no mark: with a count and a whole entry that makes sense, of a name
    /// that can be printed. No text and no file of another format does.
    /// </summary>
    public static bool IsStart(MappedFile file)
    {
        var entry = new TorchSharpEntry(file.Read(0, (int)Math.Min(file.Length, TorchSharpEntry.MostBytes)));
        if (!entry.TryReadNumber(out var count) || count is <= 0 or > CheckpointContent.MostTensors
            || entry.ReadName() is not { } name || name.Any(char.IsControl)
            || !entry.TryReadNumber(out var type) || type > TorchSharpDataTypes.Last
            || !entry.TryReadNumber(out var dimensions) || dimensions > MostDimensionsOfFirst)
        {
            return false;
        }

        for (var i = 0; i < dimensions; i++)
        {
            if (!entry.TryReadNumber(out _))
            {
                return false;
            }
        }

        return true;
    }

    public static CheckpointContent Read(MappedFile file)
    {
        var buffer = new byte[(int)Math.Min(file.Length, TorchSharpEntry.MostBytes)];
        var entry = At(file, 0, buffer);
        if (!entry.TryReadNumber(out var count) || count is <= 0 or > CheckpointContent.MostTensors)
        {
            throw new CheckpointFormatException(file.Path, 0, $"The file says that it has {count} tensors.");
        }

        var position = (long)entry.Position;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<KeyValuePair<string, CheckpointTensor>>();
        for (var index = 1L; index <= count; index++)
        {
            var start = position;
            CheckpointFormatException Error(string problem) => new(file.Path, start, problem);

            entry = At(file, position, buffer);
            var name = entry.ReadName() ?? throw Error($"The name of the tensor {index} of {count} is damaged, or the file ends before it.");
            if (TensorName.FindProblem(name) is { } nameProblem)
            {
                throw Error(nameProblem);
            }

            if (!names.Add(name))
            {
                throw Error($"Two tensors are named '{PrintableText.Of(name)}'.");
            }

            var (dataType, layout) = ReadDescription(ref entry, problem => Error($"The tensor '{PrintableText.Of(name)}' {problem}"));
            position += entry.Position;
            var size = dataType.SizeInBytes();
            if (layout.FindProblem((file.Length - position) / size) is { } problem)
            {
                throw Error($"The tensor '{PrintableText.Of(name)}' of shape {ShapeText.Of(layout.Shape)} does not lie in the file: {problem}");
            }

            var byteCount = layout.ElementCount * size;
            tensors.Add(new(name, new CheckpointTensor(dataType, new FileStorage(file, position, byteCount), layout)));
            position += byteCount;
        }

        return position == file.Length
            ? new CheckpointContent { Format = CheckpointFormat.TorchSharp, Tensors = tensors, Metadata = new Dictionary<string, string>() }
            : throw new CheckpointFormatException(
                file.Path, position, $"The file goes on for {file.Length - position} bytes after the last of its {count} tensors.");
    }

    private static (CheckpointDataType DataType, TensorLayout Layout) ReadDescription(
        ref TorchSharpEntry entry, Func<string, CheckpointFormatException> error)
    {
        if (!entry.TryReadNumber(out var type) || !entry.TryReadNumber(out var dimensions))
        {
            throw error("has a damaged element type or shape, or the file ends there.");
        }

        var dataType = TorchSharpDataTypes.Of(type) ?? throw error($"has TorchSharp's element type {type}, which is not supported.");
        if (dimensions > TensorLayout.MostDimensions)
        {
            throw error($"has {dimensions} dimensions.");
        }

        var shape = new long[dimensions];
        foreach (ref var size in shape.AsSpan())
        {
            if (!entry.TryReadNumber(out size))
            {
                throw error("has a damaged shape, or the file ends there.");
            }
        }

        return (dataType, TensorLayout.Contiguous(new ValueList<long>(shape)));
    }

    private static TorchSharpEntry At(MappedFile file, long position, byte[] buffer)
    {
        var bytes = buffer.AsSpan(0, (int)Math.Min(buffer.Length, file.Length - position));
        file.Read(position, bytes);
        return new TorchSharpEntry(bytes);
    }
}
