using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Build;

/// <summary>
/// What an ELF file says about the versions of the libraries it needs and of the symbols it offers: the sections
/// <c>.gnu.version_r</c> and <c>.gnu.version_d</c> of the Linux Standard Base, in 64-bit little-endian files.
/// </summary>
internal static class ElfFile
{
    private const uint Relocations = 4;
    private const uint RelocationsWithoutAddend = 9;
    private const uint DynamicSymbols = 11;
    private const uint VersionDefinitions = 0x6ffffffd;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;

    /// <summary>The versions that a file needs of other libraries, in the file's order.</summary>
    /// <exception cref="InvalidDataException">It is no such ELF file, or a damaged one.</exception>
    public static IReadOnlyList<ElfVersionNeed> ReadVersionNeeds(ReadOnlySpan<byte> file)
    {
        var sections = ReadSections(file);
        var relocated = RelocatedVersions(file, sections);
        var needs = new List<ElfVersionNeed>();
        foreach (var section in sections.Where(section => section.Type == VersionNeeds))
        {
            var names = Linked(sections, section);
            var at = section.Offset;
            for (var i = 0u; i < section.Info; i++)
            {
                // Verneed: version, count of entries, name of the library, offsets of the first entry and of the next library.
                var need = Part(file, at, 16);
                var library = ReadName(file, names, UInt32(need, 4));
                var entryAt = at + UInt32(need, 8);
                for (var j = 0; j < UInt16(need, 2); j++)
                {
                    // Vernaux: hash, flags, index, name of the version, offset of the next entry.
                    var entry = Part(file, entryAt, 16);
                    var (flags, index) = (UInt16(entry, 4), UInt16(entry, 6));
                    needs.Add(new ElfVersionNeed(
                        library, ReadName(file, names, UInt32(entry, 8)), (flags & ElfVersionNeed.Weak) != 0, relocated.Contains(index), entryAt + 4));
                    if (UInt32(entry, 12) is var nextEntry && nextEntry == 0)
                    {
                        break;
                    }

                    entryAt += nextEntry;
                }

                if (UInt32(need, 12) is var next && next == 0)
                {
                    break;
                }

                at += next;
            }
        }

        return needs;
    }

    /// <summary>The versions that a library offers.</summary>
    /// <exception cref="InvalidDataException">It is no such ELF file, or a damaged one.</exception>
    public static IReadOnlySet<string> ReadVersionDefinitions(ReadOnlySpan<byte> file)
    {
        var sections = ReadSections(file);
        var versions = new HashSet<string>();
        foreach (var section in sections.Where(section => section.Type == VersionDefinitions))
        {
            var names = Linked(sections, section);
            var at = section.Offset;
            for (var i = 0u; i < section.Info; i++)
            {
                // Verdef: version, flags, index, count, hash, offsets of the first name and of the next definition.
                var definition = Part(file, at, 20);
                var name = Part(file, at + UInt32(definition, 12), 8);
                versions.Add(ReadName(file, names, UInt32(name, 0)));
                if (UInt32(definition, 16) is var next && next == 0)
                {
                    break;
                }

                at += next;
            }
        }

        return versions;
    }

    private static List<Section> ReadSections(ReadOnlySpan<byte> file)
    {
        if (file.Length < 64 || !file.StartsWith("\x7f"u8 + "ELF"u8) || file[4] != 2 || file[5] != 1)
        {
            throw new InvalidDataException("It is not a 64-bit little-endian ELF file.");
        }

        var (start, size, count) = (UInt64(file, 40), UInt16(file, 58), UInt16(file, 60));
        if (size < 64)
        {
            throw new InvalidDataException($"Its section headers have {size} bytes each; 64 are the least.");
        }

        var sections = new List<Section>(count);
        for (var i = 0; i < count; i++)
        {
            var header = Part(file, start + ((ulong)i * size), 64);
            sections.Add(new Section(
                UInt32(header, 4), UInt64(header, 24), UInt64(header, 32), UInt32(header, 40), UInt32(header, 44)));
        }

        return sections;
    }

    /// <summary>The version indices of the symbols that some relocation asks the loader for.</summary>
    private static HashSet<ushort> RelocatedVersions(ReadOnlySpan<byte> file, List<Section> sections)
    {
        var versions = new HashSet<ushort>();
        foreach (var versionTable in sections.Where(section => section.Type == SymbolVersions))
        {
            var ofSymbol = Part(file, versionTable.Offset, versionTable.Size);
            foreach (var section in sections)
            {
                var entrySize = section.Type switch { Relocations => 24, RelocationsWithoutAddend => 16, _ => 0 };
                if (entrySize == 0 || Linked(sections, section).Type != DynamicSymbols)
                {
                    continue;
                }

                var entries = Part(file, section.Offset, section.Size);
                for (; entries.Length >= entrySize; entries = entries[entrySize..])
                {
                    var symbol = UInt32(entries, 12);
                    versions.Add(UInt16(Part(ofSymbol, 2ul * symbol, 2), 0));
                }
            }
        }

        return versions;
    }

    private static Section Linked(List<Section> sections, Section section) => section.Link < sections.Count
        ? sections[(int)section.Link]
        : throw new InvalidDataException($"A section refers to section {section.Link} of {sections.Count}.");

    private static string ReadName(ReadOnlySpan<byte> file, Section names, uint offset)
    {
        var table = Part(file, names.Offset, names.Size);
        var end = offset < table.Length ? table[(int)offset..].IndexOf((byte)0) : -1;
        return end >= 0
            ? Encoding.UTF8.GetString(table.Slice((int)offset, end))
            : throw new InvalidDataException($"A name at {offset} lies outside of its table of {table.Length} bytes.");
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> file, ulong offset, ulong length) =>
        offset <= (ulong)file.Length && length <= (ulong)file.Length - offset
            ? file.Slice((int)offset, (int)length)
            : throw new InvalidDataException($"{length} bytes at {offset} lie outside of its {file.Length} bytes.");

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link, uint Info);
}
