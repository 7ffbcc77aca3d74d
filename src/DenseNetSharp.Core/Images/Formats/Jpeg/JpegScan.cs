namespace DenseNetSharp.Images.Formats.Jpeg;

/// <summary>What a scan header says (ITU T.81, B.2.3).</summary>
/// <param name="Components">The components in the scan.</param>
/// <param name="First">The first coefficient in zig-zag order, Ss.</param>
/// <param name="Last">The last one, Se.</param>
/// <param name="HighBit">How many bits earlier scans have left open, Ah; 0 where this is the first.</param>
/// <param name="LowBit">How many this one leaves open, Al.</param>
internal sealed record JpegScan(ScanComponent[] Components, int First, int Last, int HighBit, int LowBit)
{
    private const int MaxComponents = 4, MaxBlocks = 10;

    /// <summary>Whether an MCU has blocks of several components.</summary>
    public bool IsInterleaved => Components.Length > 1;

    /// <summary>Reads a scan header.</summary>
    /// <param name="header">What follows its length.</param>
    /// <param name="frame">The frame that the scan belongs to.</param>
    public static JpegScan Parse(ReadOnlySpan<byte> header, JpegFrame frame)
    {
        var count = header.IsEmpty ? 0 : header[0];
        if (count is < 1 or > MaxComponents || header.Length != 4 + 2 * count)
        {
            throw new ImageFormatException($"one of its scan headers has {header.Length} bytes, which do not suit {count} components");
        }

        var components = new ScanComponent[count];
        var blocks = 0;
        for (var i = 0; i < count; i++)
        {
            var (id, tables) = (header[1 + 2 * i], header[2 + 2 * i]);
            var component = Array.Find(frame.Components, one => one.Id == id && !IsTaken(one))
                ?? throw new ImageFormatException($"one of its scans names component {id}, which the frame does not have");
            components[i] = new ScanComponent(component, tables >> 4, tables & 15);
            blocks += component.Horizontal * component.Vertical;
        }

        if (count > 1 && blocks > MaxBlocks)
        {
            throw new ImageFormatException($"one of its scans has {blocks} blocks in an MCU; {MaxBlocks} are allowed");
        }

        var rest = header[^3..];
        return new JpegScan(components, First: rest[0], Last: rest[1], HighBit: rest[2] >> 4, LowBit: rest[2] & 15);

        // Where several are called the same, a scan has each once.
        bool IsTaken(JpegComponent one) => Array.Exists(components, taken => taken?.Component == one);
    }
}

/// <summary>A component in a scan, and the numbers of its tables.</summary>
internal sealed record ScanComponent(JpegComponent Component, int DcTable, int AcTable)
{
    /// <summary>The last DC coefficient, from which the next one is told.</summary>
    public int Predictor { get; set; }

    /// <summary>Goes on to the next DC coefficient.</summary>
    public int Add(int difference)
    {
        var sum = (long)Predictor + difference;
        if (sum is < int.MinValue or > int.MaxValue)
        {
            ThrowUnbounded();
        }

        return Predictor = (int)sum;
    }

    private static void ThrowUnbounded() => throw new ImageFormatException("its DC coefficients grow beyond all bounds");
}
