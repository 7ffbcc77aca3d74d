using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Onnx;

/// <summary>A message in Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding), field by field. Large fields
/// are given by their length and written only with the file.</summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5;

    private readonly List<(byte[] Before, Action<Stream> Write)> _large = [];
    private readonly ArrayBufferWriter<byte> _small = new();
    private long _largeLength;

    /// <summary>The message's length in bytes.</summary>
    public long Length => _largeLength + _small.WrittenCount;

    /// <summary>Adds an integer.</summary>
    public void Add(int field, long value)
    {
        WriteKey(field, Varint);
        WriteVarint((ulong)value);
    }

    /// <summary>Adds a number.</summary>
    public void Add(int field, float value)
    {
        WriteKey(field, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_small.GetSpan(sizeof(float)), value);
        _small.Advance(sizeof(float));
    }

    /// <summary>Adds a text.</summary>
    public void Add(int field, string text)
    {
        WriteKey(field, LengthDelimited);
        WriteVarint((ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _small);
    }

    /// <summary>Adds a message, which must not change afterwards.</summary>
    public void Add(int field, ProtoMessage message)
    {
        WriteKey(field, LengthDelimited);
        WriteVarint((ulong)message.Length);
        foreach (var (before, write) in message._large)
        {
            _small.Write(before);
            Close(write);
        }

        _small.Write(message._small.WrittenSpan);
        _largeLength += message.Length - message._small.WrittenCount - message._large.Sum(part => (long)part.Before.Length);
    }

    /// <summary>Adds bytes that are written with the file.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">How many.</param>
    /// <param name="write">Writes exactly so many.</param>
    public void Add(int field, long length, Action<Stream> write)
    {
        WriteKey(field, LengthDelimited);
        WriteVarint((ulong)length);
        Close(write);
        _largeLength += length;
    }

    /// <summary>Writes the message.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (var (before, write) in _large)
        {
            stream.Write(before);
            write(stream);
        }

        stream.Write(_small.WrittenSpan);
    }

    /// <summary>Puts a large field after what has been written so far; its own length is the caller's to count.</summary>
    private void Close(Action<Stream> write)
    {
        _large.Add((_small.WrittenSpan.ToArray(), write));
        _largeLength += _small.WrittenCount;
        _small.ResetWrittenCount();
    }

    private void WriteKey(int field, int wireType) => WriteVarint(((ulong)field << 3) | (uint)wireType);

    private void WriteVarint(ulong value)
    {
        const int mostBytes = 10;
        var span = _small.GetSpan(mostBytes);
        var count = 0;
        for (; value > 0x7f; value >>= 7)
        {
            span[count++] = (byte)(value | 0x80);
        }

        span[count++] = (byte)value;
        _small.Advance(count);
    }
}
