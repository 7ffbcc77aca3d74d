using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Walks through a JPEG's marker segments up to the first scan (ITU T.81, B.1.1).</summary>
internal ref struct JpegSegmentReader(ReadOnlySpan<byte> file)
{
    private const byte FirstStandalone = 0xD0, StartOfScan = 0xDA;

    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = 2;

    /// <summary>The current segment's marker, without its 0xFF.</summary>
    public byte Marker { get; private set; }

    /// <summary>What follows the current segment's length.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Goes to the next segment; bytes between segments are passed over.</summary>
    /// <returns>False where a scan starts or the file ends.</returns>
    public bool Next()
    {
        while (_position + 4 <= _file.Length)
        {
            var marker = _file[_position + 1];
            if (_file[_position] != 0xFF || marker is 0xFF or 0)
            {
                _position++;
                continue;
            }

            if (marker is 0x01 or (>= FirstStandalone and < StartOfScan))
            {
                _position += 2;
                continue;
            }

            var segment = _file[(_position + 2)..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            if (marker == StartOfScan || length < 2 || length > segment.Length)
            {
                return false;
            }

            Marker = marker;
            Data = segment[2..length];
            _position += 2 + length;
            return true;
        }

        return false;
    }
}
