using System.Buffers.Binary;
using System.Text;
using DenseNetSharp.Checkpoints.Storage;

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
    private const int MostNameCharacters = 1024;

    /// <summary>Every entry by name.</summary>
    /// <exception cref="CheckpointFormatException">
    /// The archive is damaged, two entries have one name or share bytes, or a name leads out of the archive.
    /// </exception>
    public static IReadOnlyDictionary<string, ZipEntry> Read(MappedFile file)
    {
        var (count, start, length) = FindDirectory(file);
        if (count is < 0 or > MostEntries || length is < 0 or > MostDirectoryBytes)
        {
            throw new CheckpointFormatException(
                file.Path,
                Math.Clamp(start, 0, file.Length),
                $"The archive says that it has {count} entries in {length} bytes.");
        }

        var directory = file.Read(start, (int)length);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        var position = 0;
        for (var i = 0L; i < count; i++)
        {
            var offset = start + position;
            var entry = ReadEntry(file, start, directory, ref position);
            var problem = FindNameProblem(entry.Name)
                ?? (entries.TryAdd(entry.Name, entry) ? null : "is there twice: the archive has two entries named so");
            if (problem is not null)
            {
                throw new CheckpointFormatException(
                    file.Path, offset, $"The entry '{PrintableText.Of(entry.Name)}' {problem}.");
            }
        }

        RequireDisjoint(file, entries.Values, start);
        return entries;
    }

    /// <summary>
    /// Nothing is unpacked here, but a name that tricks other tools marks a file that nobody should trust.
    /// </summary>
    private static string? FindNameProblem(string name)
    {
        if (name.Length is 0 or > MostNameCharacters)
        {
            return $"has a name of {name.Length} characters";
        }

        if (name.Any(c => char.IsControl(c) || c == '\\'))
        {
            return "has a name with characters that no checkpoint's has";
        }

        var leadsOut = name[0] == '/'
            || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            || name.Split('/').Contains("..");
        return leadsOut ? "has a name that leads out of the archive" : null;
    }

    /// <summary>Bytes that two entries share can unfold a small file into a large model.</summary>
    private static void RequireDisjoint(MappedFile file, IEnumerable<ZipEntry> entries, long directoryStart)
    {
        var free = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.HeaderStart))
        {
            if (entry.HeaderStart < free || entry.End > directoryStart)
            {
                throw new CheckpointFormatException(
                    file.Path,
                    entry.HeaderStart,
                    $"The entry '{PrintableText.Of(entry.Name)}' overlaps another or the archive's directory.");
            }

            free = entry.End;
        }
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

        var storedLength = (long)U32(header, 20);
        var length = (long)U32(header, 24);
        var localStart = (long)U32(header, 42);
        ReadZip64(extra, ref length, ref storedLength, ref localStart);

        const int encrypted = 1;
        var isPlain = U16(header, 10) == 0 && (U16(header, 8) & encrypted) == 0 && length == storedLength;
        var dataStart = FindData(file, localStart, name);
        file.Require(dataStart, storedLength);
        return new ZipEntry(name, localStart, dataStart, storedLength, length, isPlain);
    }

    /// <summary>The zip64 extra field has 64-bit numbers for those that are all ones, in this order.</summary>
    private static void ReadZip64(
        ReadOnlySpan<byte> extra, ref long length, ref long storedLength, ref long localStart)
    {
        const int zip64Id = 1;
        while (extra.Length >= 4)
        {
            var fieldLength = Math.Min(U16(extra, 2), extra.Length - 4);
            var field = extra.Slice(4, fieldLength);
            if (U16(extra, 0) == zip64Id)
            {
                ReplaceAllOnes(ref length, ref field);
                ReplaceAllOnes(ref storedLength, ref field);
                ReplaceAllOnes(ref localStart, ref field);
                return;
            }

            extra = extra[(4 + fieldLength)..];
        }
    }

    private static void ReplaceAllOnes(ref long number, ref ReadOnlySpan<byte> field)
    {
        if (number == uint.MaxValue && field.Length >= sizeof(long))
        {
            number = I64(field, 0);
            field = field[sizeof(long)..];
        }
    }

    /// <summary>The local header repeats the name and has an extra field of its own, PyTorch's padding.</summary>
    private static long FindData(MappedFile file, long localStart, string name)
    {
        var local = file.Read(localStart, LocalLength);
        if (U32(local, 0) != LocalSignature)
        {
            throw new CheckpointFormatException(
                file.Path, localStart, $"The entry '{PrintableText.Of(name)}' does not start here.");
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
