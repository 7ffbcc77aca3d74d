using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Checkpoints.Pickle;

/// <summary>Reads a pickle's bytes from a part of a file, never beyond that part.</summary>
internal sealed class PickleStream(MappedFile file, long start, long end)
{
    // The pickle of a DenseNet-201 takes 200 KB.
    private const long MostBytes = 64 << 20;
    private const int MostLineBytes = 1024;

    // A pickle is read byte by byte, so a window of it is kept at hand.
    private readonly byte[] _window = new byte[4096];
    private readonly long _end = Math.Min(end, start + MostBytes);
    private long _windowStart = -1;
    private int _windowLength;

    /// <summary>The next byte's offset in the file.</summary>
    public long Position { get; private set; } = start;

    public byte ReadByte()
    {
        var index = Position - _windowStart;
        if (_windowStart < 0 || index >= _windowLength)
        {
            Require(1);
            _windowStart = Position;
            _windowLength = (int)Math.Min(_window.Length, _end - Position);
            file.Read(Position, _window.AsSpan(0, _windowLength));
            index = 0;
        }

        Position++;
        return _window[index];
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(4));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>A double, the one number that pickles keep big-endian.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(8));

    public byte[] ReadBytes(long count)
    {
        Require(count);
        var bytes = new byte[count];
        if (count <= 8)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = ReadByte();
            }
        }
        else
        {
            file.Read(Position, bytes);
            Position += count;
        }

        return bytes;
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

    private void Require(long count)
    {
        if (count > _end - Position)
        {
            throw Error(
                Position,
                _end < end
                    ? $"The pickle is longer than {MostBytes >> 20} MiB, far more than any checkpoint's."
                    : $"The pickle ends too early: {count} bytes are needed here, and {_end - Position} are left.");
        }
    }
}
