using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Images.Png;

/// <summary>Walks through a PNG's chunks and checks each one's checksum.</summary>
internal ref struct PngChunkReader(ReadOnlySpan<byte> afterSignature)
{
    private ReadOnlySpan<byte> _rest = afterSignature;

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
        if (_rest.Length < 8)
        {
            throw new ImageFormatException("the file is truncated inside a chunk's header");
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        Type = _rest.Slice(4, 4);
        foreach (byte letter in Type)
        {
            if (!char.IsAsciiLetter((char)letter))
            {
                throw new ImageFormatException("a chunk's type is not four letters, so the file is corrupt");
            }
        }
        if (length > _rest.Length - 12L)
        {
            throw new ImageFormatException($"the file is truncated inside its {Name} chunk");
        }
        Data = _rest.Slice(8, (int)length);
        if (PngCrc.Of(Type, Data) != BinaryPrimitives.ReadUInt32BigEndian(_rest[(8 + (int)length)..]))
        {
            throw new ImageFormatException($"the checksum of its {Name} chunk is wrong");
        }
        _rest = _rest[(12 + (int)length)..];
        return true;
    }
}
