using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Checkpoints.Zip;

/// <summary>
/// Finds the entries of a zip archive (PKWARE's APPNOTE, zip64 included) without reading their data.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int Zip64LocatorLength = 20;
    private const int CentralLength = 46;
    private const int LocalLength = 30;

    // A DenseNet-201 has 1,200 entries; the names and extra fields of this many still fit in memory easily.
    private const long MostEntries = 1 << 20;
    private const long MostDirectoryBytes = 64 << 20;

    public static IReadOnlyDictionary<string, ZipEntry> Read(MappedFile file)
    {
        var (count, start, length) = FindDirectory(file);
        if (count is < 0 or > MostEntries || length is < 0 or > MostDirectoryBytes)
        {
            throw new CheckpointFormatException(
                file.Path, start, $"The archive says that it has {count} entries in {length} bytes.");
        }

        var directory = file.Read(start, (int)length);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var position = 0;
        for (var i = 0L; i < count; i++)
        {
            var entry = ReadEntry(file, start, directory, ref position);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw new CheckpointFormatException(
                    file.Path, start + position, $"The archive has two entries named '{entry.Name}'.");
            }
        }

        return entries;
    }

    private static (long Count, long Start, long Length) FindDirectory(MappedFile file)
    {
        var end = FindEnd(file);
        var record = file.Read(end, EndLength);
        var count = (long)U16(record, 10);
        var length = (long)U32(record, 12);
        var start = (long)U32(record, 16);

        var locatorStart = end - Zip64LocatorLength;
        if (locatorStart < 0)
        {
            return (count, start, length);
        }

        var locator = file.Read(locatorStart, Zip64LocatorLength);
        if (U32(locator, 0) != Zip64LocatorSignature)
        {
            return (count, start, length);
        }

        var zip64Start = I64(locator, 8);
        var zip64 = file.Read(zip64Start, 56);
        return U32(zip64, 0) == Zip64EndSignature
            ? (I64(zip64, 32), I64(zip64, 48), I64(zip64, 40))
            : throw new CheckpointFormatException(file.Path, zip64Start, "The archive's zip64 record is damaged.");
    }

    /// <summary>The end record is the last thing in the file but for a comment of at most 65,535 bytes.</summary>
    private static long FindEnd(MappedFile file)
    {
        var length = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        var tailStart = file.Length - length;
        var tail = file.Read(tailStart, length);
        for (var i = length - EndLength; i >= 0; i--)
        {
            if (U32(tail, i) == EndSignature)
            {
                return tailStart + i;
            }
        }

        throw new CheckpointFormatException(
            file.Path, file.Length, "The archive has no directory at its end; the file was probably cut short.");
    }

    private static ZipEntry ReadEntry(MappedFile file, long directoryStart, byte[] directory, ref int position)
    {
        var offset = directoryStart + position;
        if (position > directory.Length - CentralLength || U32(directory, position) != CentralSignature)
        {
            throw new CheckpointFormatException(file.Path, offset, "The archive's directory is damaged.");
        }

        var header = directory.AsSpan(position, CentralLength);
        var nameLength = U16(header, 28);
        var extraLength = U16(header, 30);
        var entryLength = CentralLength + nameLength + extraLength + U16(header, 32);
        if (entryLength > directory.Length - position)
        {
            throw new CheckpointFormatException(file.Path, offset, "The archive's directory is damaged.");
        }

        var name = Encoding.UTF8.GetString(directory, position + CentralLength, nameLength);
        var extra = directory.AsSpan(position + CentralLength + nameLength, extraLength);
        position += entryLength;

        var length = (long)U32(header, 24);
        var localStart = (long)U32(header, 42);
        ReadZip64(extra, hasCompressedLength: U32(header, 20) == uint.MaxValue, ref length, ref localStart);
        return new ZipEntry(name, FindData(file, localStart, name), length, IsCompressed: U16(header, 10) != 0);
    }

    /// <summary>The zip64 extra field has 64-bit numbers for those that are all ones, in this order.</summary>
    private static void ReadZip64(
        ReadOnlySpan<byte> extra, bool hasCompressedLength, ref long length, ref long localStart)
    {
        const int zip64Id = 1;
        while (extra.Length >= 4)
        {
            var fieldLength = Math.Min(U16(extra, 2), extra.Length - 4);
            if (U16(extra, 0) != zip64Id)
            {
                extra = extra[(4 + fieldLength)..];
                continue;
            }

            var field = extra.Slice(4, fieldLength);
            if (length == uint.MaxValue && field.Length >= 8)
            {
                length = I64(field, 0);
                field = field[8..];
            }

            if (hasCompressedLength && field.Length >= 8)
            {
                field = field[8..];
            }

            if (localStart == uint.MaxValue && field.Length >= 8)
            {
                localStart = I64(field, 0);
            }

            return;
        }
    }

    /// <summary>The local header repeats the name and has an extra field of its own, PyTorch's padding.</summary>
    private static long FindData(MappedFile file, long localStart, string name)
    {
        var local = file.Read(localStart, LocalLength);
        if (U32(local, 0) != LocalSignature)
        {
            throw new CheckpointFormatException(file.Path, localStart, $"The entry '{name}' does not start here.");
        }

        return localStart + LocalLength + U16(local, 26) + U16(local, 28);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long I64(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
