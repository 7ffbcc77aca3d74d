using System.Buffers.Binary;
using DenseNetSharp.Checkpoints.Legacy;
using DenseNetSharp.Checkpoints.Safetensors;
using DenseNetSharp.Checkpoints.Storage;
using DenseNetSharp.Checkpoints.TorchSharp;
using DenseNetSharp.Checkpoints.Zip;

namespace DenseNetSharp.Checkpoints;

/// <summary>Recognises a file's format by how it starts and reads it.</summary>
internal static class CheckpointReader
{
    // Tensors may share a storage, or repeat its elements: tied weights, expanded buffers, one module under many names.
    // Real files stay below a few times their length; expanded tensors are at most 4 MiB each (TensorLayout), which the
    // constant leaves room for. Without a bound a file of 1 MB could ask for 40 GB.
    private const int MostRepetitions = 64;
    private const long MostExpandedBytes = 256 << 20;

    public static CheckpointContent Read(MappedFile file)
    {
        var content = ReadFormat(file);
        Int128 total = 0;
        foreach (var (_, tensor) in content.Tensors)
        {
            total += tensor.ByteCount;
        }

        return total <= ((Int128)file.Length * MostRepetitions) + MostExpandedBytes
            ? content
            : throw new CheckpointFormatException(
                file.Path,
                0,
                $"The tensors have {total} bytes together, and the whole file {file.Length}: the same elements are "
                + "used over and over.");
    }

    private static CheckpointContent ReadFormat(MappedFile file)
    {
        ReadOnlySpan<byte> start = file.Read(0, (int)Math.Min(file.Length, 64));
        if (start.StartsWith("PK\x03\x04"u8))
        {
            return ZipCheckpointReader.Read(file);
        }

        if (LegacyFormat.IsStart(start))
        {
            return LegacyReader.Read(file);
        }

        if (IsSafetensors(start))
        {
            return SafetensorsReader.Read(file);
        }

        // It has no mark, so it is looked for last; but before other files, of whose marks some are a single byte.
        if (TorchSharpReader.IsStart(file))
        {
            return TorchSharpReader.Read(file);
        }

        throw new CheckpointFormatException(file.Path, 0, OtherFiles.Describe(start));
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > sizeof(long)
        && BinaryPrimitives.ReadInt64LittleEndian(start) is > 0 and <= SafetensorsReader.MostHeaderBytes
        && start[sizeof(long)] == '{';
}
