using System.Buffers.Binary;

namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>The tables that scans use, as the segments so far have defined them (ITU T.81, B.2.4).</summary>
internal sealed class JpegTables
{
    private const int Count = 4;

    /// <summary>Quantization tables by number, in rows; null where not defined.</summary>
    public short[]?[] Quantization { get; } = new short[]?[Count];

    /// <summary>Huffman tables of DC differences by number.</summary>
    public HuffmanTable?[] Dc { get; } = new HuffmanTable?[Count];

    /// <summary>Huffman tables of AC coefficients by number.</summary>
    public HuffmanTable?[] Ac { get; } = new HuffmanTable?[Count];

    /// <summary>How many MCUs there are between restart markers; 0 for no such markers.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Conditions the contexts of arithmetic coding.</summary>
    public ArithmeticConditioning Conditioning { get; } = new();

    public void ReadQuantization(ReadOnlySpan<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            int number = segment[0] & 15, sampleLength = segment[0] >> 4 == 0 ? 1 : 2;
            var values = segment[1..];
            if (number >= Count || values.Length < sampleLength * JpegBlock.Length)
            {
                throw new ImageFormatException($"its quantization table {number} is not one of four, or is cut");
            }

            var table = new short[JpegBlock.Length];
            for (var i = 0; i < JpegBlock.Length; i++)
            {
                table[JpegBlock.ZigZag[i]] = sampleLength == 1
                    ? values[i]
                    : BinaryPrimitives.ReadInt16BigEndian(values[(2 * i)..]);
            }

            Quantization[number] = table;
            segment = values[(sampleLength * JpegBlock.Length)..];
        }
    }

    public void ReadHuffman(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > HuffmanTable.MaxLength)
        {
            int place = segment[0], number = place & ~0x10;
            var counts = segment.Slice(1, HuffmanTable.MaxLength);
            var count = 0;
            foreach (var codes in counts)
            {
                count += codes;
            }

            var symbols = segment[(1 + counts.Length)..];
            if (number >= Count || count > Math.Min(symbols.Length, 256))
            {
                throw new ImageFormatException($"its Huffman table {place:x2} is not one of eight, or has {count} symbols");
            }

            var tables = number == place ? Dc : Ac;
            tables[number] = new HuffmanTable(counts, symbols[..count]);
            segment = symbols[count..];
        }

        Require(segment.IsEmpty, "Huffman tables");
    }

    public void ReadRestartInterval(ReadOnlySpan<byte> segment)
    {
        Require(segment.Length == sizeof(ushort), "restart interval");
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new ImageFormatException($"the segment of its {what} has a wrong length");
        }
    }
}
