using System.Runtime.CompilerServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Reads entropy-coded data bit by bit (ITU T.81, F.2.2.5): stuffed zeros are left out, and a marker ends them.</summary>
/// <remarks>
/// How far it reads ahead is libjpeg's way, because a file that ends there is refused: it is whole only if something comes after it.
/// </remarks>
internal sealed class BitReader(JpegInput input)
{
    private const int Wanted = 57;

    private BitWindow _window;

    /// <summary>The bytes.</summary>
    public JpegInput Input { get; } = input;

    /// <summary>The bits that have been read ahead.</summary>
    public BitWindow Window { get => _window; set => _window = value; }

    /// <summary>Whether more bits were asked for than stood before a marker; zeros are read then.</summary>
    public bool IsExhausted { get; set; }

    /// <summary>Forgets what was read ahead.</summary>
    public void Clear() => _window = default;

    /// <summary>Takes bits, at most 16.</summary>
    public int Read(int count)
    {
        if (_window.Count < count)
        {
            Fill(count);
        }

        return _window.Take(count);
    }

    /// <summary>Decodes a symbol.</summary>
    public int ReadSymbol(HuffmanTable table)
    {
        if (_window.Count < HuffmanTable.SymbolBits)
        {
            Fill(0);
        }

        var first = HuffmanTable.SymbolBits + 1;
        if (_window.Count >= HuffmanTable.SymbolBits)
        {
            int entry = table.Symbols[_window.Peek(HuffmanTable.SymbolBits)];
            if (entry != 0)
            {
                _window.Drop(entry >> 8);
                return entry & 255;
            }
        }
        else
        {
            first = 1;
        }

        var code = Read(first);
        while (table.IsPrefix(code, first))
        {
            code = code << 1 | Read(1);
            first++;
        }

        return table.SymbolOf(code, first);
    }

    /// <summary>Takes a number of so many bits, with its sign.</summary>
    public int ReadSigned(int size) => size == 0 ? 0 : HuffmanTable.Extend(Read(size), size);

    /// <summary>Reads ahead.</summary>
    /// <param name="needed">How many bits there must be: zeros take the place of what a marker cuts off.</param>
    public void Fill(int needed)
    {
        if (Input.Marker == 0 && Input.Remaining >= sizeof(ulong) && Input.PeekUInt64() is var next && !HasMarkerByte(next))
        {
            var bytes = (64 - _window.Count) / 8;
            _window.Bits |= next >> _window.Count;
            _window.Count += 8 * bytes;
            Input.Position += bytes;
            return;
        }

        while (Input.Marker == 0 && _window.Count < Wanted)
        {
            var value = Input.ReadByte();
            if (value == byte.MaxValue)
            {
                var second = Input.ReadAfterFill();
                if (second != 0)
                {
                    Input.Marker = second;
                    break;
                }
            }

            _window.Bits |= (ulong)value << (56 - _window.Count);
            _window.Count += 8;
        }

        if (needed > _window.Count)
        {
            IsExhausted = true;
            _window.Count = Wanted;
        }
    }

    /// <summary>Whether one of eight bytes is 0xFF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasMarkerByte(ulong bytes) => ((~bytes - 0x0101010101010101) & bytes & 0x8080808080808080) != 0;
}
