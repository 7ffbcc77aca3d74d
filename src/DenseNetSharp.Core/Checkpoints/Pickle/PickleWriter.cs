using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>
/// Writes pickles of protocol 2, as PyTorch does, with the opcodes that its restricted unpickler knows.
/// </summary>
internal sealed class PickleWriter(Stream stream)
{
    private readonly Dictionary<string, int> _memo = new(StringComparer.Ordinal);

    public void Start()
    {
        _memo.Clear();
        Write(PickleOpcode.Proto);
        stream.WriteByte(2);
    }

    public void Write(PickleOpcode opcode) => stream.WriteByte((byte)opcode);

    public void WriteGlobal(string module, string name)
    {
        if (TryRecall($"{module}\n{name}\n"))
        {
            return;
        }

        Write(PickleOpcode.Global);
        stream.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
        Memorize($"{module}\n{name}\n");
    }

    public void WriteString(string text)
    {
        // Python keeps strings and globals in one memo; the prefix keeps them apart here.
        if (TryRecall($"'{text}"))
        {
            return;
        }

        Write(PickleOpcode.BinUnicode);
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteInt32(bytes.Length);
        stream.Write(bytes);
        Memorize($"'{text}");
    }

    public void WriteNumber(BigInteger value)
    {
        if (value >= 0 && value <= byte.MaxValue)
        {
            Write(PickleOpcode.BinInt1);
            stream.WriteByte((byte)value);
        }
        else if (value >= int.MinValue && value <= int.MaxValue)
        {
            Write(PickleOpcode.BinInt);
            WriteInt32((int)value);
        }
        else
        {
            var bytes = value.ToByteArray();
            Write(PickleOpcode.Long1);
            stream.WriteByte((byte)bytes.Length);
            stream.Write(bytes);
        }
    }

    public void WriteNumbers(IEnumerable<long> values)
    {
        Write(PickleOpcode.Mark);
        foreach (var value in values)
        {
            WriteNumber(value);
        }

        Write(PickleOpcode.Tuple);
    }

    private void WriteInt32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private bool TryRecall(string entry)
    {
        if (!_memo.TryGetValue(entry, out var index))
        {
            return false;
        }

        Write(PickleOpcode.LongBinGet);
        WriteInt32(index);
        return true;
    }

    private void Memorize(string entry)
    {
        Write(PickleOpcode.LongBinPut);
        WriteInt32(_memo.Count);
        _memo.Add(entry, _memo.Count);
    }
}
