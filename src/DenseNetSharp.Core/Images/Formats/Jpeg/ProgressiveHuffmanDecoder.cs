using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Huffman coding of a band of coefficients, or of one bit of each (ITU T.81, G.2).</summary>
internal sealed class ProgressiveHuffmanDecoder : EntropyDecoder
{
    private readonly BitReader _reader;

    /// <summary>The tables of DC differences, one a component, or that of AC coefficients; none where single bits of DC come.</summary>
    private readonly HuffmanTable[] _tables;

    /// <summary>How many blocks from the next on have no further coefficient in the band.</summary>
    private int _endOfBand;

    public ProgressiveHuffmanDecoder(JpegInput input, JpegScan scan, JpegTables tables)
        : base(input, scan, tables.RestartInterval)
    {
        _reader = new BitReader(input);
        _tables = (scan.First, scan.HighBit) switch
        {
            (0, 0) => Array.ConvertAll(scan.Components, component => HuffmanTable.Find(tables.Dc, component.DcTable, isDc: true)),
            (0, _) => [],
            _ => [HuffmanTable.Find(tables.Ac, scan.Components[0].AcTable, isDc: false)],
        };
        if (scan.First > 0)
        {
            _tables[0].PrepareCoefficients();
        }
    }

    public override bool IsExhausted => _reader.IsExhausted;

    public override bool DecodeBlock(ref short block, ref ulong nonzero, int component)
    {
        if (Scan.First == 0)
        {
            DecodeDc(ref block, component);
        }
        else if (_endOfBand > 0 && Scan.HighBit == 0)
        {
            _endOfBand--;
        }
        else if (Scan.HighBit == 0)
        {
            DecodeBand(ref block, ref nonzero);
        }
        else
        {
            RefineBand(ref block, ref nonzero);
        }

        return true;
    }

    protected override void BeforeRestart() => _reader.Clear();

    protected override void Restart(bool hasData)
    {
        foreach (var component in Scan.Components)
        {
            component.Predictor = 0;
        }

        _endOfBand = 0;
        if (hasData)
        {
            _reader.IsExhausted = false;
        }
    }

    private void DecodeDc(ref short block, int index)
    {
        if (Scan.HighBit > 0)
        {
            block |= (short)(_reader.Read(1) << Scan.LowBit);
            return;
        }

        var component = Scan.Components[index];
        component.Add(_reader.ReadSigned(_reader.ReadSymbol(_tables[index])));
        block = (short)(component.Predictor << Scan.LowBit);
    }

    private void DecodeBand(ref short block, ref ulong nonzero)
    {
        ref var entries = ref MemoryMarshal.GetArrayDataReference(_tables[0].Coefficients);
        int last = Scan.Last, lowBit = Scan.LowBit;
        var window = _reader.Window;
        for (var place = Scan.First; place <= last;)
        {
            if (window.Count < BitWindow.Longest)
            {
                window = Fill(window);
                if (window.Count < BitWindow.Longest)
                {
                    // Near a marker bits are counted one by one.
                    place = DecodeSlowly(ref block, ref nonzero, place);
                    window = _reader.Window;
                    continue;
                }
            }

            var entry = Unsafe.Add(ref entries, window.Peek(HuffmanTable.CoefficientBits));
            if (entry >> 16 != 0)
            {
                place += (entry >> 8) & 15;
                window.Drop(entry & 255);
                Set(ref block, ref nonzero, place++, (short)(entry >> 16 << lowBit));
                continue;
            }

            var symbol = window.TakeSymbol(entry, _tables[0]);
            int zeros = symbol >> 4, size = symbol & 15;
            place += zeros;
            if (size > 0)
            {
                Set(ref block, ref nonzero, place++, (short)(window.TakeSigned(size) << lowBit));
            }
            else if (symbol == HuffmanTable.SixteenZeros)
            {
                place++;
            }
            else
            {
                _endOfBand = (1 << zeros) + (zeros > 0 ? window.Take(zeros) : 0) - 1;
                break;
            }
        }

        _reader.Window = window;
    }

    /// <summary>Decodes one symbol of a band and what follows it.</summary>
    /// <returns>The next place.</returns>
    private int DecodeSlowly(ref short block, ref ulong nonzero, int place)
    {
        var symbol = _reader.ReadSymbol(_tables[0]);
        int zeros = symbol >> 4, size = symbol & 15;
        if (size > 0)
        {
            Set(ref block, ref nonzero, place + zeros, (short)(_reader.ReadSigned(size) << Scan.LowBit));
        }
        else if (symbol != HuffmanTable.SixteenZeros)
        {
            _endOfBand = ReadEndOfBand(zeros) - 1;
            return JpegBlock.Length;
        }

        return place + zeros + 1;
    }

    private void RefineBand(ref short block, ref ulong nonzero)
    {
        var place = Scan.First;
        while (_endOfBand == 0 && place <= Scan.Last)
        {
            var symbol = _reader.ReadSymbol(_tables[0]);
            int zeros = symbol >> 4, size = symbol & 15;
            if (size == 0 && symbol != HuffmanTable.SixteenZeros)
            {
                _endOfBand = ReadEndOfBand(zeros);
                break;
            }

            // A new coefficient has one bit; damaged data may claim more, which are taken for one.
            var value = size == 0 ? 0 : (_reader.Read(1) == 1 ? 1 : -1) << Scan.LowBit;
            place = Refine(ref block, nonzero, place, zeros);
            if (value != 0)
            {
                Set(ref block, ref nonzero, place, (short)value);
            }

            place++;
        }

        if (_endOfBand > 0)
        {
            Refine(ref block, nonzero, place, int.MaxValue);
            _endOfBand--;
        }
    }

    /// <summary>Reads a bit for each coefficient that is not zero, up to the zero that comes after so many others.</summary>
    /// <returns>That zero's place, or the one after the band.</returns>
    private int Refine(ref short block, ulong nonzero, int place, int zeros)
    {
        int bit = 1 << Scan.LowBit, last = Scan.Last;
        var window = _reader.Window;
        while (place <= last)
        {
            // Zeros need no look at each.
            var run = BitOperations.TrailingZeroCount(nonzero >> place);
            if (run > zeros || place + run > last)
            {
                place = (int)Math.Min((uint)(place + zeros), (uint)last + 1);
                break;
            }

            place += run;
            zeros -= run;
            ref var coefficient = ref JpegBlock.At(ref block, place++);
            int value = coefficient;
            if (window.Count == 0)
            {
                window = Fill(window, 1);
            }

            // Where the bit is there already, the scan is one too many.
            if (window.Take(1) != 0 && (value & bit) == 0)
            {
                coefficient = (short)(value >= 0 ? value + bit : value - bit);
            }
        }

        _reader.Window = window;
        return place;
    }

    /// <summary>Sets a coefficient; damaged data can name one past the last, which is the last then.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(ref short block, ref ulong nonzero, int place, short value)
    {
        JpegBlock.At(ref block, place) = value;
        var mark = 1UL << Math.Min(place, JpegBlock.Length - 1);
        nonzero = value != 0 ? nonzero | mark : nonzero & ~mark;
    }

    private BitWindow Fill(BitWindow window, int needed = 0)
    {
        _reader.Window = window;
        _reader.Fill(needed);
        return _reader.Window;
    }

    private int ReadEndOfBand(int size) => (1 << size) + (size > 0 ? _reader.Read(size) : 0);
}
