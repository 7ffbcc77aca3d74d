namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Arithmetic coding, sequential and progressive (ITU T.81, F.2.4 and G.2.3).</summary>
internal sealed class ArithmeticDecoder : EntropyDecoder
{
    private const int Tables = 16, DcBins = 64, AcBins = 256;

    // Where the bins of magnitudes lie (tables F.4 and F.5), and those of their bits from there on.
    private const int DcMagnitudes = 20, LowAcMagnitudes = 189, HighAcMagnitudes = 217, ToBits = 14;
    private const int GreatestMagnitude = 0x8000;

    private readonly ArithmeticReader _reader;
    private readonly ArithmeticConditioning _conditioning;
    private readonly bool _isProgressive;
    private readonly byte[][] _dcBins = new byte[Tables][];
    private readonly byte[][] _acBins = new byte[Tables][];

    /// <summary>By component, where the context of its next DC difference begins.</summary>
    private readonly int[] _dcContexts;
    private byte _even = ArithmeticStates.Even;
    private bool _isDamaged;

    public ArithmeticDecoder(JpegInput input, JpegScan scan, JpegTables tables, bool isProgressive)
        : base(input, scan, tables.RestartInterval)
    {
        (_reader, _conditioning, _isProgressive) = (new ArithmeticReader(input), tables.Conditioning, isProgressive);
        _dcContexts = new int[scan.Components.Length];
        foreach (var component in scan.Components)
        {
            _dcBins[component.DcTable] ??= new byte[DcBins];
            _acBins[component.AcTable] ??= new byte[AcBins];
        }
    }

    public override bool IsExhausted => _isDamaged;

    public override bool HasData => true;

    public override bool DecodeBlock(ref short block, ref ulong nonzero, int component)
    {
        if (_isDamaged)
        {
            return true;
        }

        var isBit = Scan.HighBit > 0 && _isProgressive;
        var lowBit = _isProgressive ? Scan.LowBit : 0;
        if (!_isProgressive || Scan.First == 0)
        {
            if (isBit)
            {
                block |= (short)(_reader.Read(ref _even) ? 1 << lowBit : 0);
            }
            else if (DecodeDifference(component))
            {
                block = (short)(Scan.Components[component].Predictor << lowBit);
            }
        }

        if (_isDamaged || (_isProgressive && Scan.First == 0))
        {
            return true;
        }

        if (isBit)
        {
            RefineBand(ref block);
        }
        else
        {
            DecodeBand(ref block, component, _isProgressive ? Scan.First : 1, _isProgressive ? Scan.Last : JpegBlock.Length - 1, lowBit);
        }

        return true;
    }

    protected override void BeforeRestart()
    {
    }

    protected override void Restart(bool hasData)
    {
        _reader.Restart();
        _isDamaged = false;
        Array.Clear(_dcContexts);
        foreach (var component in Scan.Components)
        {
            component.Predictor = 0;
            Array.Clear(_dcBins[component.DcTable]);
            Array.Clear(_acBins[component.AcTable]);
        }
    }

    /// <summary>Adds a DC difference.</summary>
    /// <returns>False where the data are damaged.</returns>
    private bool DecodeDifference(int index)
    {
        var component = Scan.Components[index];
        var bins = _dcBins[component.DcTable];
        var bin = _dcContexts[index];
        if (!_reader.Read(ref bins[bin]))
        {
            _dcContexts[index] = 0;
            return true;
        }

        var isNegative = _reader.Read(ref bins[bin + 1]);
        bin += isNegative ? 3 : 2;
        var magnitude = 0;
        if (_reader.Read(ref bins[bin]))
        {
            bin = DcMagnitudes;
            if (!DecodeMagnitude(bins, ref bin, magnitude = 1, out magnitude))
            {
                return false;
            }
        }

        // The next difference's context tells whether this one was small or large.
        int lower = 1 << _conditioning.DcLower[component.DcTable] >> 1, upper = 1 << _conditioning.DcUpper[component.DcTable] >> 1;
        _dcContexts[index] = magnitude < lower ? 0 : (magnitude > upper ? 12 : 4) + (isNegative ? 4 : 0);
        component.Predictor += DecodeBits(bins, bin, magnitude, isNegative);
        return true;
    }

    private void DecodeBand(ref short block, int component, int first, int last, int lowBit)
    {
        var table = Scan.Components[component].AcTable;
        var bins = _acBins[table];
        for (var place = first; place <= last; place++)
        {
            if (_reader.Read(ref bins[BinOf(place)]))
            {
                return;
            }

            while (!_reader.Read(ref bins[BinOf(place) + 1]))
            {
                if (++place > last)
                {
                    _isDamaged = true;
                    return;
                }
            }

            var isNegative = _reader.Read(ref _even);
            var bin = BinOf(place) + 2;
            var magnitude = 0;
            if (_reader.Read(ref bins[bin]))
            {
                magnitude = 1;
                if (_reader.Read(ref bins[bin]))
                {
                    bin = place <= _conditioning.AcLow[table] ? LowAcMagnitudes : HighAcMagnitudes;
                    if (!DecodeMagnitude(bins, ref bin, 2, out magnitude))
                    {
                        return;
                    }
                }
            }

            JpegBlock.At(ref block, place) = (short)(DecodeBits(bins, bin, magnitude, isNegative) << lowBit);
        }
    }

    private void RefineBand(ref short block)
    {
        var bins = _acBins[Scan.Components[0].AcTable];
        short positive = (short)(1 << Scan.LowBit), negative = (short)-positive;
        var known = Scan.Last;
        while (known > 0 && JpegBlock.At(ref block, known) == 0)
        {
            known--;
        }

        for (var place = Scan.First; place <= Scan.Last; place++)
        {
            if (place > known && _reader.Read(ref bins[BinOf(place)]))
            {
                return;
            }

            while (!RefineCoefficient(ref JpegBlock.At(ref block, place), BinOf(place)))
            {
                if (++place > Scan.Last)
                {
                    _isDamaged = true;
                    return;
                }
            }
        }

        bool RefineCoefficient(ref short coefficient, int bin)
        {
            if (coefficient != 0)
            {
                if (_reader.Read(ref bins[bin + 2]))
                {
                    coefficient += coefficient < 0 ? negative : positive;
                }

                return true;
            }

            if (_reader.Read(ref bins[bin + 1]))
            {
                coefficient = _reader.Read(ref _even) ? negative : positive;
                return true;
            }

            return false;
        }
    }

    /// <summary>Doubles a magnitude as often as the data say.</summary>
    /// <returns>False where they do so beyond all bounds.</returns>
    private bool DecodeMagnitude(byte[] bins, ref int bin, int start, out int magnitude)
    {
        magnitude = start;
        while (_reader.Read(ref bins[bin]))
        {
            magnitude <<= 1;
            if (magnitude == GreatestMagnitude)
            {
                _isDamaged = true;
                return false;
            }

            bin++;
        }

        return true;
    }

    /// <summary>Reads what is below a magnitude's uppermost bit.</summary>
    private int DecodeBits(byte[] bins, int bin, int magnitude, bool isNegative)
    {
        var value = magnitude;
        for (var bit = magnitude >> 1; bit > 0; bit >>= 1)
        {
            if (_reader.Read(ref bins[bin + ToBits]))
            {
                value |= bit;
            }
        }

        return isNegative ? -value - 1 : value + 1;
    }

    private static int BinOf(int place) => 3 * (place - 1);
}
