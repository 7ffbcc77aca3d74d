using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using DenseNetSharp.Checkpoints.Storage;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Reads a pickle's bytes from a part of a file, never beyond that part.</summary>
internal sealed class PickleStream(MappedFile file, long start, long end)
{
    // The pickle of a DenseNet-201 takes 200 KB.
    private const long MostBytes = 64 << 20;
    private const int MostLineBytes = 1024;

    // PyTorch's magic number takes 10. Printing a number takes time that grows with the square of its length.
    private const int MostNumberBytes = 1024;

    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    // A pickle is read in small pieces, so a window of it is kept at hand.
    private readonly byte[] _window = new byte[1 << 14];
    private readonly long _end = Math.Min(end, start + MostBytes);
    private long _windowStart = start;
    private int _windowLength;

    /// <summary>The next byte's offset in the file.</summary>
    public long Position { get; private set; } = start;

    public byte ReadByte() => ReadBytes(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    /// <summary>A double, the one number that pickles keep big-endian.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8));

    /// <summary>The next bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadBytes(long count)
    {
        var index = Position - _windowStart;
        if (count < 0 || count > _windowLength - index)
        {
            Require(count);
            if (count > _window.Length)
            {
                var bytes = file.Read(Position, (int)count);
                Position += count;
                return bytes;
            }

            _windowStart = Position;
            _windowLength = (int)Math.Min(_window.Length, _end - Position);
            file.Read(Position, _window.AsSpan(0, _windowLength));
            index = 0;
        }

        Position += count;
        return _window.AsSpan((int)index, (int)count);
    }

    /// <summary>An integer of any length in two's complement: a long where it fits, else a BigInteger.</summary>
    public object ReadNumber(int byteCount)
    {
        if (byteCount > MostNumberBytes)
        {
            throw Error(Position, $"An integer has {byteCount} bytes, far more than any in a checkpoint.");
        }

        var value = new BigInteger(ReadBytes(byteCount));
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    /// <summary>A text with one byte a character, as Python 2 wrote names and as bytes are kept.</summary>
    public string ReadLatin1(long byteCount) => Encoding.Latin1.GetString(ReadBytes(byteCount));

    public string ReadUnicode(long byteCount)
    {
        var start = Position;
        try
        {
            return _strictUtf8.GetString(ReadBytes(byteCount));
        }
        catch (DecoderFallbackException)
        {
            throw Error(start, "A string in the pickle is not UTF-8.");
        }
    }

    /// <summary>A line of ASCII without its line feed, as GLOBAL has two.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder();
        for (var value = ReadByte(); value != '\n'; value = ReadByte())
        {
            if (line.Length == MostLineBytes)
            {
                throw Error(Position, $"A name is longer than {MostLineBytes} bytes.");
            }

            line.Append((char)value);
        }

        return line.ToString();
    }

    public CheckpointFormatException Error(long offset, string problem) => new(file.Path, offset, problem);

    /// <summary>Throws unless this many bytes are left.</summary>
    public void Require(long count)
    {
        if (count < 0 || count > _end - Position)
        {
            throw Error(
                Position,
                _end < end && count >= 0
                    ? $"The pickle is longer than {MostBytes >> 20} MiB, far more than any checkpoint's."
                    : $"The pickle ends too early: {(ulong)count} bytes are needed here, and {_end - Position} are "
                        + "left.");
        }
    }
}
