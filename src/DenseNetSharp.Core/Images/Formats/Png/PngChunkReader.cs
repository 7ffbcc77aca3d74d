using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Images.Formats.Png;

/// <summary>Walks through a PNG's chunks and checks each one's checksum.</summary>
internal ref struct PngChunkReader(ReadOnlySpan<byte> afterSignature)
{
    private const int HeaderLength = 8, ShortestChunk = 12;

    private ReadOnlySpan<byte> _rest = afterSignature;
    private uint _sum;

    /// <summary>The current chunk's type: four letters.</summary>
    public ReadOnlySpan<byte> Type { get; private set; }

    /// <summary>The current chunk's data.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Whether a decoder that does not know the chunk may skip it: the type's first letter is lower case.</summary>
    public readonly bool IsAncillary => (Type[0] & 0x20) != 0;

    /// <summary>The current chunk's type as text.</summary>
    public readonly string Name => Encoding.ASCII.GetString(Type);

    /// <summary>Goes to the next chunk.</summary>
    /// <returns>False where the file ends between two chunks.</returns>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!TryRead())
        {
            throw new ImageFormatException(_rest.Length < HeaderLength
                ? "the file is truncated inside a chunk's header"
                : "a chunk's type is not four letters, so the file is corrupt");
        }

        CheckSum();
        return true;
    }

    /// <summary>
    /// Goes to the next chunk where the image data may be over: there Pillow takes what is no chunk for the file's end,
    /// and checks no sums; those of more image data are checked here.
    /// </summary>
    /// <returns>False where the file ends, or goes on with something else.</returns>
    public bool NextAfterData()
    {
        if (_rest.Length < ShortestChunk || !TryRead())
        {
            return false;
        }

        if (Type.SequenceEqual("IDAT"u8))
        {
            CheckSum();
        }

        return true;
    }

    /// <summary>Reads a chunk, if there is one.</summary>
    private bool TryRead()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        var type = _rest.Slice(4, 4);
        foreach (var letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                return false;
            }
        }

        Type = type;
        if (length > _rest.Length - (long)ShortestChunk)
        {
            throw new ImageFormatException($"the file is truncated inside its {Name} chunk");
        }

        Data = _rest.Slice(HeaderLength, (int)length);
        _sum = BinaryPrimitives.ReadUInt32BigEndian(_rest[(HeaderLength + (int)length)..]);
        _rest = _rest[(ShortestChunk + (int)length)..];
        return true;
    }

    private readonly void CheckSum()
    {
        if (PngCrc.Of(Type, Data) != _sum)
        {
            throw new ImageFormatException($"the checksum of its {Name} chunk is wrong");
        }
    }
}
