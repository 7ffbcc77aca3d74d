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

    public override bool DecodeBlock(ref short block, ref ulong nonzero, int component)
    {
        var before = Scan.Components[component].Predictor;
        if (Input.Marker == 0 && Input.Remaining >= _longestMcu && TryDecodeFast(ref block, component) is { } hasAc)
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
        var window = _reader.Window;
        var next = Input.Start + Input.Position;
        if (!Fill(ref window, ref next))
        {
            return null;
        }

        var entry = Unsafe.Add(ref dc, window.Peek(HuffmanTable.CoefficientBits));
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
            if (!Fill(ref window, ref next))
            {
                return null;
            }

            entry = Unsafe.Add(ref ac, window.Peek(HuffmanTable.CoefficientBits));
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

        _reader.Window = window;
        Input.Position = (int)(next - Input.Start);
        return place > 1;
    }

    /// <summary>Sees to it that a symbol and what follows it are there.</summary>
    /// <returns>False at a marker.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fill(ref BitWindow window, ref byte* next)
    {
        if (window.Count >= BitWindow.Longest)
        {
            return true;
        }

        var eight = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(next));
        if (BitReader.HasMarkerByte(eight))
        {
            (window.Bits, window.Count, var read) = FillByBytes(window.Bits, window.Count, next);
            next += read;
            return read >= 0;
        }

        window.Bits |= eight >> window.Count;
        var bytes = (63 - window.Count) >> 3;
        window.Count += 8 * bytes;
        next += bytes;
        return true;
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
