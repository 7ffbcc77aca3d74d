using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The next bits of entropy-coded data: a value, so that loops keep it in registers.</summary>
internal struct BitWindow
{
    /// <summary>The most bits that a symbol and what follows it take.</summary>
    public const int Longest = 32;

    /// <summary>The bits, from the uppermost on. Below them there may be more that have not been counted.</summary>
    public ulong Bits;

    /// <summary>How many bits there are.</summary>
    public int Count;

    /// <summary>The next bits as an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly nint Peek(int count) => (nint)(Bits >> (64 - count));

    /// <summary>Takes bits, at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        var value = (int)(Bits >> (64 - count));
        Drop(count);
        return value;
    }

    /// <summary>Passes over bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Drop(int count)
    {
        Bits <<= count;
        Count -= count;
    }

    /// <summary>Takes a number of so many bits, with its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSigned(int size) => size == 0 ? 0 : HuffmanTable.Extend(Take(size), size);

    /// <summary>Takes a symbol that has been looked up among <see cref="HuffmanTable.Coefficients"/>.</summary>
    /// <param name="entry">What stands there, without a coefficient.</param>
    /// <param name="table">The table, for longer codes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TakeSymbol(int entry, HuffmanTable table)
    {
        var length = entry & 255;
        var symbol = entry >> 8;
        if (length == 0)
        {
            (var longSymbol, length) = table.Decode(Bits);
            symbol = longSymbol;
        }

        Drop(length);
        return symbol;
    }
}
