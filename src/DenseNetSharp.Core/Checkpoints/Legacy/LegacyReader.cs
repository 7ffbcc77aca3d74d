using System.Buffers.Binary;
using System.Numerics;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Legacy;

/// <summary>
/// Reads the sequential format: pickles of a magic number, a version, the writer's system, the object and the
/// storage keys, then for each key an element count (int64) and the elements.
/// </summary>
internal static class LegacyReader
{
    public static CheckpointContent Read(MappedFile file)
    {
        var stream = new PickleStream(file, 0, file.Length);
        ReadHeader(stream);
        var start = stream.Position;
        var content = PickleReader.Read(stream);
        var storages = ReadStorages(file, stream, content.Storages);
        return PickledStateDict.Read(
            CheckpointFormat.Legacy,
            content.Root,
            storage => storages.TryGetValue(storage.Key, out var found)
                ? found
                : throw stream.Error(
                    storage.Offset, $"The storage '{PrintableText.Of(storage.Key)}' is not in the file."),
            problem => stream.Error(start, problem));
    }

    private static void ReadHeader(PickleStream stream)
    {
        if (PickleReader.Read(stream).Root is not BigInteger magic || magic != LegacyFormat.MagicNumber)
        {
            throw stream.Error(0, "The file does not start with PyTorch's magic number.");
        }

        var start = stream.Position;
        if (PickleReader.Read(stream).Root is not LegacyFormat.ProtocolVersion)
        {
            throw stream.Error(start, $"The file is not of PyTorch's protocol version {LegacyFormat.ProtocolVersion}.");
        }

        start = stream.Position;
        if (PickleReader.Read(stream).Root is not PickleDict system || system.Find("little_endian") is not bool little)
        {
            throw stream.Error(start, "The file does not say which system wrote it.");
        }

        if (!little)
        {
            throw stream.Error(start, "The file was written on a big-endian machine, which is not supported.");
        }
    }

    private static Dictionary<string, TensorStorage> ReadStorages(
        MappedFile file, PickleStream stream, IReadOnlyDictionary<string, PickleStorage> declared)
    {
        var keysStart = stream.Position;
        if (PickleReader.Read(stream).Root is not PickleList keys)
        {
            throw stream.Error(keysStart, "The list of storages is missing.");
        }

        var storages = new Dictionary<string, TensorStorage>(StringComparer.Ordinal);
        var position = stream.Position;
        foreach (var item in keys.Items)
        {
            if (item is not string key || !declared.TryGetValue(key, out var storage) || storages.ContainsKey(key))
            {
                throw stream.Error(keysStart, "The list of storages does not match the tensors.");
            }

            var count = BinaryPrimitives.ReadInt64LittleEndian(file.Read(position, sizeof(long)));
            if (count != storage.ElementCount)
            {
                throw stream.Error(
                    position,
                    $"The storage '{PrintableText.Of(key)}' has {count} elements where the pickle says "
                    + $"{storage.ElementCount}.");
            }

            // The pickle's reader has made sure that the product is no overflow.
            position += sizeof(long);
            var byteCount = count * storage.Type.ElementSize;
            storages.Add(key, new FileStorage(file, position, byteCount));
            position += byteCount;
        }

        return storages;
    }
}
