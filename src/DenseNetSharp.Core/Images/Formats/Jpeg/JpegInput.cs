using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>A JPEG's bytes, and how far they have been read.</summary>
/// <param name="start">The first byte, which stays where it is while this is used.</param>
/// <param name="length">How many there are.</param>
internal sealed unsafe class JpegInput(byte* start, int length)
{
    /// <summary>The first byte.</summary>
    public byte* Start { get; } = start;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; } = length;

    /// <summary>The next byte's place.</summary>
    public int Position { get; set; }

    /// <summary>A marker that has been read but not acted upon, without its 0xFF; 0 for none.</summary>
    public byte Marker { get; set; }

    /// <summary>Whether more bytes were asked for than there are.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public int Remaining => Length - Position;

    public byte ReadByte() => Position < Length ? Start[Position++] : throw Truncated();

    public int ReadUInt16() => ReadByte() << 8 | ReadByte();

    /// <summary>Reads a segment's length, and takes its bytes as far as they are there.</summary>
    /// <param name="mayLackLength">Whether a length that does not count itself is passed over.</param>
    /// <returns>What follows the length.</returns>
    public ReadOnlySpan<byte> ReadSegment(bool mayLackLength = false)
    {
        var length = ReadUInt16() - sizeof(ushort);
        if (length < 0 && !mayLackLength)
        {
            throw new ImageFormatException($"one of its segments has {length + sizeof(ushort)} bytes, less than its length takes");
        }

        length = Math.Max(length, 0);
        if (length > Remaining)
        {
            throw Truncated();
        }

        Position += length;
        return new ReadOnlySpan<byte>(Start + Position - length, length);
    }

    /// <summary>Eight bytes from the next on, the first uppermost; at least so many are left.</summary>
    public ulong PeekUInt64() => BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(Start + Position, sizeof(ulong)));

    /// <summary>Goes to the next marker, over whatever stands before it, and leaves it in <see cref="Marker"/>.</summary>
    public void FindMarker()
    {
        do
        {
            var place = new ReadOnlySpan<byte>(Start + Position, Remaining).IndexOf(byte.MaxValue);
            Position = place < 0 ? Length : Position + place;
            ReadByte();
            Marker = ReadAfterFill();
        }
        while (Marker == 0);
    }

    /// <summary>The first byte that is not 0xFF: a marker may have any number of them before it.</summary>
    public byte ReadAfterFill()
    {
        byte value;
        do
        {
            value = ReadByte();
        }
        while (value == byte.MaxValue);

        return value;
    }

    private ImageFormatException Truncated()
    {
        HasEnded = true;
        return new ImageFormatException("it is truncated: its data ends before its picture does");
    }
}
