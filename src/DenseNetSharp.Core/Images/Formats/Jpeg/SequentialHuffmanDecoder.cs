using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Huffman coding of whole blocks (ITU T.81, F.2.2).</summary>
internal sealed unsafe class SequentialHuffmanDecoder : EntropyDecoder
{
    /// <summary>More bytes than a block can have: 64 symbols of 16 bits and 15 more, all of them stuffed.</summary>
    private const int LongestBlock = 512;

    private readonly BitReader _reader;
    private readonly HuffmanTable[] _dc;
    private readonly HuffmanTable[] _ac;
    private readonly int _longestMcu;

    public SequentialHuffmanDecoder(JpegInput input, JpegScan scan, JpegTables tables)
        : base(input, scan, tables.RestartInterval)
    {
        _reader = new BitReader(input);
        StandardHuffmanTables.FillIn(tables);
        _dc = Array.ConvertAll(scan.Components, component => HuffmanTable.Find(tables.Dc, component.DcTable, isDc: true));
        _ac = Array.ConvertAll(scan.Components, component => HuffmanTable.Find(tables.Ac, component.AcTable, isDc: false));
        foreach (var table in _dc.Concat(_ac))
        {
            table.PrepareCoefficients();
        }

        _longestMcu = LongestBlock * (scan.IsInterleaved
            ? scan.Components.Sum(component => component.Component.Horizontal * component.Component.Vertical)
            : 1);
    }

    public override bool IsExhausted => _reader.IsExhausted;

    public override bool DecodeBlock(ref short block, int component)
    {
        var before = Scan.Components[component].Predictor;
        if (_reader.Input.Marker == 0 && _reader.Input.Remaining >= _longestMcu && TryDecodeFast(ref block, component) is { } hasAc)
        {
            return hasAc;
        }

        Scan.Components[component].Predictor = before;
        return Decode(ref block, component);
    }

    protected override void BeforeRestart() => _reader.Clear();

    protected override void Restart(bool hasData)
    {
        foreach (var component in Scan.Components)
        {
            component.Predictor = 0;
        }

        if (hasData)
        {
            _reader.IsExhausted = false;
        }
    }

    private bool Decode(ref short block, int component)
    {
        block = (short)Scan.Components[component].Add(_reader.ReadSigned(_reader.ReadSymbol(_dc[component])));
        var ac = _ac[component];
        var place = 1;
        while (place < JpegBlock.Length)
        {
            var symbol = _reader.ReadSymbol(ac);
            var size = symbol & 15;
            if (size > 0)
            {
                place += symbol >> 4;
                JpegBlock.At(ref block, place++) = (short)_reader.ReadSigned(size);
            }
            else if (symbol == HuffmanTable.SixteenZeros)
            {
                place += 16;
            }
            else
            {
                break;
            }
        }

        return place > 1;
    }

    /// <summary>The same where many bytes are left, so that none is checked to be there.</summary>
    /// <returns>Null at a marker; nothing has been read then.</returns>
    private bool? TryDecodeFast(ref short block, int component)
    {
        ref var dc = ref MemoryMarshal.GetArrayDataReference(_dc[component].Coefficients);
        ref var ac = ref MemoryMarshal.GetArrayDataReference(_ac[component].Coefficients);
        var window = new BitWindow { Bits = _reader.Bits, Count = _reader.Count, Next = Input.Start + Input.Position };
        if (!window.Fill())
        {
            return null;
        }

        var entry = Unsafe.Add(ref dc, (nint)(window.Bits >> (64 - HuffmanTable.CoefficientBits)));
        var difference = entry >> 16;
        if (difference != 0)
        {
            window.Drop(entry & 255);
        }
        else
        {
            difference = window.TakeSigned(window.TakeSymbol(entry, _dc[component]));
        }

        block = (short)Scan.Components[component].Add(difference);

        var place = 1;
        while (place < JpegBlock.Length)
        {
            if (!window.Fill())
            {
                return null;
            }

            entry = Unsafe.Add(ref ac, (nint)(window.Bits >> (64 - HuffmanTable.CoefficientBits)));
            if (entry >> 16 != 0)
            {
                place += (entry >> 8) & 15;
                window.Drop(entry & 255);
                JpegBlock.At(ref block, place++) = (short)(entry >> 16);
                continue;
            }

            var symbol = window.TakeSymbol(entry, _ac[component]);
            var size = symbol & 15;
            if (size > 0)
            {
                place += symbol >> 4;
                JpegBlock.At(ref block, place++) = (short)window.TakeSigned(size);
            }
            else if (symbol == HuffmanTable.SixteenZeros)
            {
                place += 16;
            }
            else
            {
                break;
            }
        }

        (_reader.Bits, _reader.Count, Input.Position) = (window.Bits, window.Count, (int)(window.Next - Input.Start));
        return place > 1;
    }

    /// <summary>The bits ahead, in registers.</summary>
    private struct BitWindow
    {
        /// <summary>The most bits that a symbol and what follows it take.</summary>
        private const int Longest = 32;

        public ulong Bits;
        public int Count;
        public byte* Next;

        /// <summary>Sees to it that a symbol and what follows it are there.</summary>
        /// <returns>False at a marker.</returns>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Fill()
        {
            if (Count >= Longest)
            {
                return true;
            }

            var next = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(Next));
            if (BitReader.HasMarkerByte(next))
            {
                (Bits, Count, var read) = FillByBytes(Bits, Count, Next);
                Next += read;
                return read >= 0;
            }

            Bits |= next >> Count;
            var bytes = (63 - Count) >> 3;
            Count += 8 * bytes;
            Next += bytes;
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Drop(int count)
        {
            Bits <<= count;
            Count -= count;
        }

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

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int TakeSigned(int size)
        {
            if (size == 0)
            {
                return 0;
            }

            var bits = (int)(Bits >> (64 - size));
            Drop(size);
            return HuffmanTable.Extend(bits, size);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static (ulong Bits, int Count, int Read) FillByBytes(ulong bits, int count, byte* next)
        {
            var read = 0;
            while (count <= 56)
            {
                var value = next[read++];
                if (value == byte.MaxValue && next[read++] != 0)
                {
                    return (bits, count, -1);
                }

                bits |= (ulong)value << (56 - count);
                count += 8;
            }

            return (bits, count, read);
        }
    }
}
