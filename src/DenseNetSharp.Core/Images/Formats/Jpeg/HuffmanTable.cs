using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>A Huffman table (ITU T.81, annex C), and tables to look symbols up in.</summary>
internal sealed class HuffmanTable
{
    /// <summary>The most bits of a code.</summary>
    public const int MaxLength = 16;

    /// <summary>How many bits <see cref="Symbols"/> is indexed by.</summary>
    public const int SymbolBits = 8;

    /// <summary>How many bits <see cref="Coefficients"/> is indexed by.</summary>
    public const int CoefficientBits = 9;

    /// <summary>The symbol of sixteen coefficients that are zero.</summary>
    public const int SixteenZeros = 0xF0;

    private readonly byte[] _counts;
    private readonly byte[] _symbols;

    // By length: the greatest code, -1 where there is none, and what makes a code the number of its symbol.
    private readonly int[] _greatest = new int[MaxLength + 2];
    private readonly int[] _offsets = new int[MaxLength + 2];
    private bool _isPrepared;

    /// <summary>Keeps a table as a segment has it.</summary>
    /// <param name="counts">How many codes there are of each length from 1 to 16.</param>
    /// <param name="symbols">The symbols in the order of their codes.</param>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _counts = counts.ToArray();
        // A damaged code may point past the last symbol; it reads as zero then.
        _symbols = new byte[256];
        symbols.CopyTo(_symbols);
    }

    /// <summary>Of the next 8 bits: the symbol and, above it, its code's length; 0 where the code is longer.</summary>
    public ushort[] Symbols { get; } = new ushort[1 << SymbolBits];

    /// <summary>
    /// Of the next 9 bits, where a symbol and the bits that follow it fit into them: the coefficient in the upper half, the run of
    /// zeros before it and the length of all. Else the coefficient is 0, and the symbol stands where the run would, with its code's
    /// length, 0 for a longer code.
    /// </summary>
    public int[] Coefficients { get; private set; } = [];

    /// <summary>A table that a scan needs, ready to be used.</summary>
    /// <param name="tables">Those of its kind.</param>
    /// <param name="number">Which one.</param>
    /// <param name="isDc">Whether the symbols are categories of DC differences.</param>
    public static HuffmanTable Find(HuffmanTable?[] tables, int number, bool isDc)
    {
        var table = (number < tables.Length ? tables[number] : null)
            ?? throw new ImageFormatException($"one of its scans uses Huffman table {number}, which is not defined");
        table.Prepare(isDc);
        return table;
    }

    /// <summary>Makes the table that decodes a symbol and the bits that follow it at once.</summary>
    public void PrepareCoefficients()
    {
        if (Coefficients.Length > 0)
        {
            return;
        }

        Coefficients = new int[1 << CoefficientBits];
        for (int length = 1, code = 0, number = 0; length <= CoefficientBits; length++, code <<= 1)
        {
            var free = CoefficientBits - length;
            for (var end = number + _counts[length - 1]; number < end; number++, code++)
            {
                FillIn(Coefficients.AsSpan(code << free, 1 << free), _symbols[number], length);
            }
        }

        static void FillIn(Span<int> entries, int symbol, int length)
        {
            int size = symbol & 15, total = length + size;
            if (size == 0 || total > CoefficientBits)
            {
                entries.Fill(symbol << 8 | length);
                return;
            }

            var same = 1 << (CoefficientBits - total);
            for (var bits = 0; bits < 1 << size; bits++)
            {
                entries.Slice(bits * same, same).Fill(Extend(bits, size) << 16 | symbol >> 4 << 8 | total);
            }
        }
    }

    /// <summary>Finds a symbol of any length.</summary>
    /// <param name="bits">The next bits, from the uppermost on.</param>
    /// <returns>The symbol and its code's length. Bits that are no code count as 17 of them and a zero.</returns>
    public (byte Symbol, int Length) Decode(ulong bits)
    {
        var length = 1;
        while ((int)(bits >> (64 - length)) > _greatest[length])
        {
            length++;
        }

        return (SymbolOf((int)(bits >> (64 - length)), length), length);
    }

    /// <summary>Whether a code of so many bits goes on.</summary>
    public bool IsPrefix(int code, int length) => code > _greatest[length];

    /// <summary>A code's symbol; that of 17 bits, which no code has, is zero.</summary>
    public byte SymbolOf(int code, int length) => length > MaxLength ? (byte)0 : _symbols[(code + _offsets[length]) & 255];

    /// <summary>A number of so many bits with the sign that its first bit tells (ITU T.81, figure F.12).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Extend(int bits, int size) => bits + (((bits - (1 << (size - 1))) >> 31) & ((-1 << size) + 1));

    private void Prepare(bool isDc)
    {
        if (!_isPrepared)
        {
            MakeCodes();
            _isPrepared = true;
        }

        if (isDc && _symbols.AsSpan(0, _counts.Sum(count => count)).ContainsAnyExceptInRange((byte)0, (byte)15))
        {
            throw new ImageFormatException("a Huffman table of its DC differences has symbols of AC coefficients");
        }
    }

    private void MakeCodes()
    {
        int code = 0, number = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            int count = _counts[length - 1];
            _offsets[length] = number - code;
            _greatest[length] = count > 0 ? code + count - 1 : -1;
            // No code consists of ones alone, so that fill bits are none.
            if (count > 0 && code + count >= 1 << length)
            {
                throw new ImageFormatException($"a Huffman table of it has more codes of {length} bits than there are");
            }

            for (var i = 0; i < count && length <= SymbolBits; i++)
            {
                var free = SymbolBits - length;
                Symbols.AsSpan((code + i) << free, 1 << free).Fill((ushort)(length << 8 | _symbols[number + i]));
            }

            code = (code + count) << 1;
            number += count;
        }

        _greatest[MaxLength + 1] = int.MaxValue;
    }
}
