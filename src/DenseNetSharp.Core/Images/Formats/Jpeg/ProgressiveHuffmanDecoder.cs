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
    }

    public override bool IsExhausted => _reader.IsExhausted;

    public override bool DecodeBlock(ref short block, int component)
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
            DecodeBand(ref block);
        }
        else
        {
            RefineBand(ref block);
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

    private void DecodeBand(ref short block)
    {
        var table = _tables[0];
        for (var place = Scan.First; place <= Scan.Last;)
        {
            var symbol = _reader.ReadSymbol(table);
            int zeros = symbol >> 4, size = symbol & 15;
            if (size > 0)
            {
                place += zeros;
                JpegBlock.At(ref block, place++) = (short)(_reader.ReadSigned(size) << Scan.LowBit);
            }
            else if (symbol == HuffmanTable.SixteenZeros)
            {
                place += 16;
            }
            else
            {
                _endOfBand = ReadEndOfBand(zeros) - 1;
                return;
            }
        }
    }

    private void RefineBand(ref short block)
    {
        var place = Scan.First;
        if (_endOfBand == 0)
        {
            while (place <= Scan.Last)
            {
                var symbol = _reader.ReadSymbol(_tables[0]);
                int zeros = symbol >> 4, size = symbol & 15;
                var value = 0;
                if (size > 0)
                {
                    // A new coefficient has one bit; damaged data may claim more, which are taken for one.
                    value = (_reader.Read(1) == 1 ? 1 : -1) << Scan.LowBit;
                }
                else if (symbol != HuffmanTable.SixteenZeros)
                {
                    _endOfBand = ReadEndOfBand(zeros);
                    break;
                }

                place = Refine(ref block, place, zeros);
                if (value != 0)
                {
                    JpegBlock.At(ref block, place) = (short)value;
                }

                place++;
            }
        }

        if (_endOfBand > 0)
        {
            Refine(ref block, place, int.MaxValue);
            _endOfBand--;
        }
    }

    /// <summary>Reads a bit for each coefficient that is not zero, up to the zero that comes after so many others.</summary>
    /// <returns>That zero's place, or the one after the band.</returns>
    private int Refine(ref short block, int place, int zeros)
    {
        var bit = 1 << Scan.LowBit;
        for (; place <= Scan.Last; place++)
        {
            ref var coefficient = ref JpegBlock.At(ref block, place);
            if (coefficient == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (_reader.Read(1) == 1 && (coefficient & bit) == 0)
            {
                // Where the bit is there already, the scan is one too many.
                coefficient += (short)(coefficient >= 0 ? bit : -bit);
            }
        }

        return place;
    }

    private int ReadEndOfBand(int size) => (1 << size) + (size > 0 ? _reader.Read(size) : 0);
}
