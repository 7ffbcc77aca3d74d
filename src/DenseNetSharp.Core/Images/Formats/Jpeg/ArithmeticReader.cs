namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>Decodes binary decisions (ITU T.81, D.2).</summary>
internal sealed class ArithmeticReader(JpegInput input)
{
    private const int One = 0x8000;

    /// <summary>The interval's size, A, and the code above its base with bits that are not needed yet, C.</summary>
    private int _size;
    private int _code;

    /// <summary>How many bits of the code are not needed yet; less than zero until two bytes have been read.</summary>
    private int _spare = -16;

    /// <summary>Begins as at the start of a scan.</summary>
    public void Restart() => (_size, _code, _spare) = (0, 0, -16);

    /// <summary>Decodes a decision.</summary>
    /// <param name="bin">Its context: the state, and the more probable symbol in the uppermost bit.</param>
    public bool Read(ref byte bin)
    {
        Renormalize();
        var state = bin & 127;
        var more = bin & 128;
        int share = ArithmeticStates.Shares[state];
        _size -= share;

        var isLower = _code < _size << _spare;
        if (isLower && _size >= One)
        {
            return more != 0;
        }

        // The smaller part is the less probable symbol's, whichever of the two that has become.
        var isLess = isLower == _size < share;
        if (!isLower)
        {
            _code -= _size << _spare;
            _size = share;
        }

        bin = (byte)(more ^ (isLess ? ArithmeticStates.AfterLess[state] : ArithmeticStates.AfterMore[state]));
        return (more != 0) != isLess;
    }

    private void Renormalize()
    {
        while (_size < One)
        {
            if (--_spare < 0)
            {
                _code = _code << 8 | ReadByte();
                _spare += 8;
                if (_spare < 0 && ++_spare == 0)
                {
                    _size = One;
                }
            }

            _size <<= 1;
        }
    }

    /// <summary>The next byte; zeros follow the data up to a marker.</summary>
    private byte ReadByte()
    {
        if (input.Marker != 0)
        {
            return 0;
        }

        var value = input.ReadByte();
        if (value == byte.MaxValue)
        {
            input.Marker = input.ReadAfterFill();
            return input.Marker == 0 ? value : (byte)0;
        }

        return value;
    }
}
