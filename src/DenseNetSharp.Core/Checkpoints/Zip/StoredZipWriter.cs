using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>
/// Writes a zip archive of uncompressed entries whose data each starts at a multiple of 64 bytes, as PyTorch's
/// writer does (<c>caffe2/serialize/inline_container.cc</c>), so that they can be mapped.
/// </summary>
internal sealed class StoredZipWriter(Stream stream)
{
    private const int Alignment = 64;
    private const int LocalLength = 30;
    private const int CentralLength = 46;
    private const int EndLength = 22;

    // PyTorch pads with an extra field named "FB"; its header takes four bytes.
    private const ushort PaddingId = 0x4246;
    private const int PaddingHeaderLength = 4;

    private readonly MemoryStream _directory = new();
    private long _position;
    private int _count;

    public void Add(string name, ReadOnlySpan<byte> data)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var start = _position + LocalLength + nameBytes.Length + PaddingHeaderLength;
        var padding = (int)((Alignment - (start % Alignment)) % Alignment);
        var crc = Crc32.HashToUInt32(data);
        if (start + padding + data.Length > uint.MaxValue)
        {
            throw new IOException("The checkpoint takes more than 4 GiB, which its zip format cannot hold.");
        }

        WriteCentral(nameBytes, crc, data.Length);
        WriteLocal(nameBytes, crc, data.Length, padding);
        stream.Write(data);
        _position = start + padding + data.Length;
        _count++;
    }

    /// <summary>Writes the archive's directory, without which it is none.</summary>
    public void Finish()
    {
        if (_count > ushort.MaxValue - 1)
        {
            throw new IOException($"The checkpoint has {_count} tensors, more than its zip format can hold.");
        }

        _directory.WriteTo(stream);
        Span<byte> end = stackalloc byte[EndLength];
        end.Clear();
        U32(end, 0, 0x06054b50);
        U16(end, 8, (ushort)_count);
        U16(end, 10, (ushort)_count);
        U32(end, 12, (uint)_directory.Length);
        U32(end, 16, (uint)_position);
        stream.Write(end);
    }

    private void WriteLocal(byte[] name, uint crc, int length, int padding)
    {
        Span<byte> header = stackalloc byte[LocalLength];
        header.Clear();
        U32(header, 0, 0x04034b50);
        WriteCommon(header[4..], crc, length, name.Length);
        U16(header, 28, (ushort)(PaddingHeaderLength + padding));
        stream.Write(header);
        stream.Write(name);

        Span<byte> extra = stackalloc byte[PaddingHeaderLength + Alignment];
        extra.Fill((byte)'Z');
        U16(extra, 0, PaddingId);
        U16(extra, 2, (ushort)padding);
        stream.Write(extra[..(PaddingHeaderLength + padding)]);
    }

    private void WriteCentral(byte[] name, uint crc, int length)
    {
        Span<byte> header = stackalloc byte[CentralLength];
        header.Clear();
        U32(header, 0, 0x02014b50);
        WriteCommon(header[6..], crc, length, name.Length);
        U32(header, 42, (uint)_position);
        _directory.Write(header);
        _directory.Write(name);
    }

    /// <summary>The fields that both headers have, in the same order: everything but extra fields and places.</summary>
    private static void WriteCommon(Span<byte> fields, uint crc, int length, int nameLength)
    {
        const ushort namesAreUtf8 = 0x0800;
        const ushort firstDayOf1980 = 0x0021;
        U16(fields, 2, namesAreUtf8);
        U16(fields, 8, firstDayOf1980);
        U32(fields, 10, crc);
        U32(fields, 14, (uint)length);
        U32(fields, 18, (uint)length);
        U16(fields, 22, (ushort)nameLength);
    }

    private static void U16(Span<byte> bytes, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    private static void U32(Span<byte> bytes, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);
}
