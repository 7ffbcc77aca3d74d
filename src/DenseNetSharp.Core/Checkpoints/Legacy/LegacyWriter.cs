using System.Buffers.Binary;
using DenseNetSharp.Checkpoints.Pickle;
using DenseNetSharp.Checkpoints.Storage;
using static DenseNetSharp.Checkpoints.Pickle.PickleOpcode;

namespace DenseNetSharp.Checkpoints.Legacy;

/// <summary>Writes the sequential format that <see cref="LegacyReader"/> reads.</summary>
internal static class LegacyWriter
{
    public static void Write(Checkpoint checkpoint, Stream stream)
    {
        WriteHeader(stream);
        StateDictPickler.Write(checkpoint, stream, legacy: true);

        // PyTorch sorts the keys as text, and readers take the storages in the order of this list.
        var storages = checkpoint.Tensors.Values
            .Select((tensor, index) => (Key: StateDictPickler.StorageKey(index), Tensor: tensor))
            .OrderBy(storage => storage.Key, StringComparer.Ordinal)
            .ToArray();
        WriteKeys(stream, storages.Select(storage => storage.Key));

        using var buffer = new TensorBuffer();
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var (_, tensor) in storages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(count, tensor.ElementCount);
            stream.Write(count);
            stream.Write(buffer.Fill(tensor));
        }
    }

    private static void WriteHeader(Stream stream)
    {
        var pickle = new PickleWriter(stream);
        pickle.Start();
        pickle.WriteNumber(LegacyFormat.MagicNumber);
        pickle.Write(Stop);

        pickle.Start();
        pickle.WriteNumber(LegacyFormat.ProtocolVersion);
        pickle.Write(Stop);

        pickle.Start();
        WriteSystem(pickle);
        pickle.Write(Stop);
    }

    /// <summary>What <c>torch.save</c> says about the machine; sizes in bytes.</summary>
    private static void WriteSystem(PickleWriter pickle)
    {
        pickle.Write(EmptyDict);
        pickle.Write(Mark);
        pickle.WriteString("protocol_version");
        pickle.WriteNumber(LegacyFormat.ProtocolVersion);
        pickle.WriteString("little_endian");
        pickle.Write(NewTrue);
        pickle.WriteString("type_sizes");
        pickle.Write(EmptyDict);
        pickle.Write(Mark);
        pickle.WriteString("short");
        pickle.WriteNumber(2);
        pickle.WriteString("int");
        pickle.WriteNumber(4);
        pickle.WriteString("long");
        pickle.WriteNumber(4);
        pickle.Write(SetItems);
        pickle.Write(SetItems);
    }

    private static void WriteKeys(Stream stream, IEnumerable<string> keys)
    {
        var pickle = new PickleWriter(stream);
        pickle.Start();
        pickle.Write(EmptyList);
        pickle.Write(Mark);
        foreach (var key in keys)
        {
            pickle.WriteString(key);
        }

        pickle.Write(Appends);
        pickle.Write(Stop);
    }
}
