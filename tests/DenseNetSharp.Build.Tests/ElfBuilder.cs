using System.Buffers.Binary;
using System.Text;

namespace DenseNetSharp.Build.Tests;

/// <summary>A small 64-bit ELF library with version needs, version definitions, symbols and relocations.</summary>
internal sealed class ElfBuilder
{
    private readonly List<byte> _names = [0];

    /// <summary>Needed libraries, each with its versions.</summary>
    public List<(string Library, string[] Versions)> Needs { get; } = [];

    public List<string> Definitions { get; } = [];

    /// <summary>Versions of which one symbol exists.</summary>
    public List<string> Symbols { get; } = [];

    /// <summary>Versions of whose symbol there is a relocation.</summary>
    public List<string> Relocated { get; } = [];

    public byte[] Build()
    {
        var index = new Dictionary<string, ushort>();
        foreach (var version in Needs.SelectMany(need => need.Versions))
        {
            index.TryAdd(version, (ushort)(index.Count + 2));
        }

        var needs = new List<byte>();
        for (var i = 0; i < Needs.Count; i++)
        {
            var (library, versions) = Needs[i];
            var size = 16 + (16 * versions.Length);
            needs.AddRange([.. U16(1), .. U16((ushort)versions.Length), .. U32(Name(library)), .. U32(16), .. U32(i == Needs.Count - 1 ? 0u : (uint)size)]);
            for (var j = 0; j < versions.Length; j++)
            {
                needs.AddRange([.. U32(0), .. U16(0), .. U16(index[versions[j]]), .. U32(Name(versions[j])), .. U32(j == versions.Length - 1 ? 0u : 16u)]);
            }
        }

        var definitions = new List<byte>();
        for (var i = 0; i < Definitions.Count; i++)
        {
            definitions.AddRange([.. U16(1), .. U16(0), .. U16((ushort)(i + 1)), .. U16(1), .. U32(0), .. U32(20), .. U32(i == Definitions.Count - 1 ? 0u : 28u)]);
            definitions.AddRange([.. U32(Name(Definitions[i])), .. U32(0)]);
        }

        // Symbol 0 is none, as in every file.
        var versionsOfSymbols = U16(0).Concat(Symbols.SelectMany(version => U16(index[version]))).ToArray();
        var relocations = Relocated.SelectMany(version => (byte[])
            [.. U64(0x1000), .. U64(((ulong)(Symbols.IndexOf(version) + 1) << 32) | 6), .. U64(0)]).ToArray();

        (uint Type, byte[] Content, uint Link, uint Info)[] sections =
        [
            (0, [], 0, 0),
            (3, [.. _names], 0, 0),
            (11, new byte[24 * (Symbols.Count + 1)], 1, 0),
            (0x6fffffff, versionsOfSymbols, 2, 0),
            (0x6ffffffe, [.. needs], 1, (uint)Needs.Count),
            (0x6ffffffd, [.. definitions], 1, (uint)Definitions.Count),
            (4, relocations, 2, 0),
        ];
        var contents = new List<byte>();
        var headers = new List<byte>();
        foreach (var (type, content, link, info) in sections)
        {
            headers.AddRange([.. U32(0), .. U32(type), .. U64(0), .. U64(0), .. U64(64 + (ulong)contents.Count), .. U64((ulong)content.Length), .. U32(link), .. U32(info), .. U64(8), .. U64(0)]);
            contents.AddRange(content);
        }

        byte[] start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[9]];
        return
        [
            .. start, .. U16(3), .. U16(62), .. U32(1), .. U64(0), .. U64(0), .. U64(64 + (ulong)contents.Count), .. U32(0), .. U16(64), .. U16(56), .. U16(0), .. U16(64),
            .. U16((ushort)sections.Length), .. U16(0), .. contents, .. headers,
        ];
    }

    private uint Name(string name)
    {
        var offset = (uint)_names.Count;
        _names.AddRange([.. Encoding.UTF8.GetBytes(name), 0]);
        return offset;
    }

    private static byte[] U16(ushort value) => Bytes(2, value);

    private static byte[] U32(uint value) => Bytes(4, value);

    private static byte[] U64(ulong value) => Bytes(8, value);

    private static byte[] Bytes(int count, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..count];
    }
}
